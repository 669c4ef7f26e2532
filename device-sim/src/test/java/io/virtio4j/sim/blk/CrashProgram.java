// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that serves a store and writes to it through the device until it is killed. Prints the number of the last write
 * that is durable whatever happens now, a line each time that it knows of more.
 */
final class CrashProgram {
    private static final int BATCH = 6;

    private final BlkRig rig;
    private final CrashLoad load;
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    private CrashProgram(BlkRig rig, CrashLoad load) {
        this.rig = rig;
        this.load = load;
    }

    /** Arguments: the store's URI, the seed, whether the cache is in writethrough mode. */
    public static void main(String[] args) throws IOException {
        try (BlockStore store = BlockStores.open(URI.create(args[0]))) {
            BlkRig rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS, error -> {
                throw new AssertionError(error);
            }));
            CrashProgram program = new CrashProgram(rig, new CrashLoad(Long.parseLong(args[1])));
            if (Boolean.parseBoolean(args[2])) {
                rig.session.writeConfig(BlkConfigLayout.WRITEBACK, new byte[] {BlkCacheMode.WRITETHROUGH});
                program.writeThrough();
            } else {
                program.writeAndFlush();
            }
        }
    }

    private void writeThrough() throws IOException {
        while (true) {
            load.next();
            check(rig.request(BlkRequestType.OUT, load.sector(), load.data(), 0));
            tellDurable();
        }
    }

    private void writeAndFlush() throws IOException {
        while (true) {
            List<Long> writes = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                load.next();
                writes.add(rig.send(List.of(header(BlkRequestType.OUT, load.sector()), load.data()), List.of(1)));
            }
            rig.serve();
            writes.forEach(write -> check(rig.take(write)));
            check(rig.request(BlkRequestType.FLUSH, 0, new byte[0], 0));
            tellDurable();
        }
    }

    private static void check(BlkRig.Answer answer) {
        if (answer.status() != BlkStatus.OK) {
            throw new IllegalStateException("status " + answer.status());
        }
    }

    /** Unbuffered: what has been written to the pipe outlives this process. */
    private void tellDurable() throws IOException {
        out.write((load.serial() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
