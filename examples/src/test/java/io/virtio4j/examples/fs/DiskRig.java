// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.blk.BlkChannel;
import io.virtio4j.blk.BlkData;
import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A block device on a store, on a thread of its own, and its driver on the test's. Closing it finds what nobody asked for. */
final class DiskRig implements AutoCloseable {
    private static final long MEMORY_BYTES = 4 << 20;
    private static final int SECTOR_BYTES = 512;

    /** How much is asked for at a time, a piece of memory for each block. */
    private static final int BATCH_BYTES = 64 << 10;

    /** More than the channel's own buffer, and no multiple of it. */
    private static final int COPY_BYTES = 300 << 10;

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final BlockStore store;
    private final InProcessTransport transport;
    private final DmaArena arena;
    private final BlkDevice disk;
    private final BlkChannel channel;

    DiskRig(BlockStore store) {
        this(store, DriverSpec.RING_FEATURES);
    }

    /** @param store closed with this */
    DiskRig(BlockStore store, Features ringFeatures) {
        this.store = store;
        SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x4000_0000);
        this.arena = new DmaArena(memory);
        this.transport = InProcessTransport.start(
                new SimBlk(store, SimBlkOptions.DEFAULTS, errors::add),
                GuestMemory.of(memory),
                DeviceIdle.NOTIFIED,
                errors::add);
        this.disk = BlkDevice.open(
                transport, arena, BlkOptions.defaults(errors::add).withRingFeatures(ringFeatures));
        this.channel = BlkChannel.open(disk, arena);
    }

    BlkDevice disk() {
        return disk;
    }

    /** The disk as a channel. */
    BlkChannel channel() {
        return channel;
    }

    /** Copies the whole disk. */
    void copyTo(WritableByteChannel target) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(COPY_BYTES);
        channel.position(0);
        while (channel.read(bytes.clear()) >= 0) {
            bytes.flip();
            while (bytes.hasRemaining()) {
                target.write(bytes);
            }
        }
    }

    /** Copies the whole disk into a new file. */
    void copyTo(Path file) throws IOException {
        try (FileChannel target = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            copyTo(target);
        }
    }

    /** Reads blocks of the disk, each into a piece of memory of its own. */
    byte[] read(long offsetBytes, int lengthBytes, int blockBytes) {
        byte[] bytes = new byte[lengthBytes];
        transfer(offsetBytes, bytes, blockBytes, false);
        return bytes;
    }

    /** Writes blocks of the disk, each from a piece of memory of its own. */
    void write(long offsetBytes, byte[] bytes, int blockBytes) {
        transfer(offsetBytes, bytes, blockBytes, true);
    }

    private void transfer(long offsetBytes, byte[] bytes, int blockBytes, boolean write) {
        DmaBuffer buffer = arena.allocate(BATCH_BYTES, SECTOR_BYTES);
        try {
            for (int done = 0; done < bytes.length; done += BATCH_BYTES) {
                int part = Math.min(BATCH_BYTES, bytes.length - done);
                long sector = (offsetBytes + done) / SECTOR_BYTES;
                if (write) {
                    buffer.memory().putBytes(buffer.offset(), bytes, done, part);
                    disk.write(sector, pieces(buffer, part, blockBytes));
                } else {
                    disk.read(sector, pieces(buffer, part, blockBytes));
                    buffer.memory().getBytes(buffer.offset(), bytes, done, part);
                }
            }
        } finally {
            buffer.free();
        }
    }

    private static BlkData pieces(DmaBuffer buffer, int lengthBytes, int blockBytes) {
        BlkData data = new BlkData();
        for (int at = 0; at < lengthBytes; at += blockBytes) {
            data.add(buffer, at, Math.min(blockBytes, lengthBytes - at));
        }
        return data;
    }

    @Override
    public void close() throws IOException {
        try (store;
                transport;
                disk;
                channel) {
            assertThat(errors).as("what driver and device had to complain of").isEmpty();
        }
    }
}
