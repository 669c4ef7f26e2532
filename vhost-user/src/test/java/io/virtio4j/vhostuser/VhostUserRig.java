// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.blk.BlkOptions;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.vhostuser.VhostUserMemory.Region;
import io.virtio4j.vhostuser.os.Descriptors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A block device served over vhost-user, and memory for its driver. */
final class VhostUserRig implements AutoCloseable {
    static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final int DISK_BYTES = 1 << 20;

    final List<Throwable> deviceErrors = Collections.synchronizedList(new ArrayList<>());
    final List<Throwable> driverErrors = Collections.synchronizedList(new ArrayList<>());
    final List<String> open = Descriptors.open();
    final Path socket;
    final MemoryBlockStore store = new MemoryBlockStore(DISK_BYTES);
    final VhostUserMemory memory;
    final DmaArena arena;
    VhostUserServer server;

    VhostUserRig(Path folder) {
        this(folder, false);
    }

    VhostUserRig(Path folder, boolean polls) {
        socket = folder.resolve("socket");
        // Regions out of order, with holes between them in the file and in guest memory.
        memory = VhostUserMemory.of(List.of(
                new Region(0x1_0000_0000L, 2 << 20, 8 << 20),
                new Region(0x4000_0000, 1 << 20, 4096),
                new Region(0, 64 << 10, 2 << 20)));
        arena = new DmaArena(memory.memory().region(2));
        startServer(polls);
    }

    void startServer(boolean polls) {
        SimBlk device = new SimBlk(store, SimBlkOptions.DEFAULTS.withQueues(4), deviceErrors::add);
        server = VhostUserServer.start(socket, device, polls, deviceErrors::add);
    }

    VhostUserTransport connect() {
        return VhostUserTransport.connect(socket, memory, VhostUserOptions.block(driverErrors::add));
    }

    BlkOptions options() {
        return BlkOptions.defaults(driverErrors::add).withTimeoutNanos(WAIT_NANOS);
    }

    DmaBuffer buffer(int lengthBytes, int value) {
        DmaBuffer buffer = arena.allocate(lengthBytes, 512);
        fill(buffer, value);
        return buffer;
    }

    static void fill(DmaBuffer buffer, int value) {
        buffer.memory().fill(buffer.offset(), buffer.lengthBytes(), value);
    }

    static byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        buffer.memory().getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    /** Threads close what is their own as they end. */
    void assertNothingIsOpen() {
        long deadlineNanos = System.nanoTime() + WAIT_NANOS;
        while (!Descriptors.open().equals(open) && System.nanoTime() - deadlineNanos < 0) {
            Thread.onSpinWait();
        }
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    @Override
    public void close() {
        server.close();
        memory.close();
        assertThat(socket).doesNotExist();
        assertNothingIsOpen();
    }
}
