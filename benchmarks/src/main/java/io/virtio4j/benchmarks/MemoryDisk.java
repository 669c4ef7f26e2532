// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.blk.BlkData;
import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkHandler;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.blk.BlkRequests;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.SplittableRandom;
import org.agrona.ErrorHandler;
import org.agrona.LangUtil;

/** A block driver on a simulated disk in memory, and a loop of random reads that keeps so many of them in flight. */
final class MemoryDisk implements AutoCloseable {
    static final int BLOCK_BYTES = 4096;
    static final long BLOCKS = 16 << 10;
    static final long LENGTH_BYTES = BLOCKS * BLOCK_BYTES;

    private static final int SECTORS_PER_BLOCK = BLOCK_BYTES / 512;
    private static final int LAYOUT_BYTES = 1 << 20;
    private static final long MEMORY_BYTES = 4 << 20;
    private static final long GUEST_ADDRESS = 0x4000_0000;

    private final InProcessTransport transport;
    private final BlkDevice device;
    private final BlkData[] slots;
    private final SplittableRandom random = new SplittableRandom(1);

    /** Made once: a method reference in the loop would be an object for each wait. */
    private final BlkHandler onCompleted = this::onCompleted;

    private long ended;
    private long target;

    private MemoryDisk(InProcessTransport transport, BlkDevice device, BlkData[] slots) {
        this.transport = transport;
        this.device = device;
        this.slots = slots;
    }

    static MemoryDisk open(boolean packed, int depth) {
        SharedMemory ram = SharedMemory.allocate(MEMORY_BYTES, GUEST_ADDRESS);
        DmaArena arena = new DmaArena(ram);
        // A benchmark of a broken disk would look very fast.
        ErrorHandler rethrow = LangUtil::rethrowUnchecked;
        SimBlk simulated = new SimBlk(new MemoryBlockStore(LENGTH_BYTES), SimBlkOptions.DEFAULTS, rethrow);
        InProcessTransport transport =
                InProcessTransport.start(simulated, GuestMemory.of(ram), DeviceIdle.NOTIFIED, rethrow);
        Features ring = packed ? DriverSpec.RING_FEATURES : DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED);
        BlkDevice device =
                BlkDevice.open(transport, arena, BlkOptions.defaults(rethrow).withRingFeatures(ring));
        layOut(device, arena);
        BlkData[] slots = new BlkData[depth];
        for (int slot = 0; slot < depth; slot++) {
            slots[slot] = new BlkData().add(arena.allocate(BLOCK_BYTES, BLOCK_BYTES));
        }
        return new MemoryDisk(transport, device, slots);
    }

    /** A store in memory takes it when it is written to, and reads zeros without a copy before. */
    private static void layOut(BlkDevice device, DmaArena arena) {
        DmaBuffer block = arena.allocate(LAYOUT_BYTES, BLOCK_BYTES);
        block.memory().fill(block.offset(), LAYOUT_BYTES, 1);
        for (long at = 0; at < LENGTH_BYTES; at += LAYOUT_BYTES) {
            device.write(at / 512, block);
        }
        block.free();
    }

    /** Reads so many random blocks, with as many in flight as the disk was opened for. */
    long read(int count) {
        target = ended + count - slots.length;
        for (int slot = 0; slot < slots.length; slot++) {
            submit(slot);
        }
        while (ended < target + slots.length) {
            if (device.await(onCompleted) <= 0) {
                throw new IllegalStateException("the device failed");
            }
        }
        return ended;
    }

    private void submit(int slot) {
        long sector = random.nextLong(BLOCKS) * SECTORS_PER_BLOCK;
        if (device.submitRead(sector, slots[slot], slot) != BlkRequests.SUBMITTED) {
            throw new IllegalStateException("there was no room for a request");
        }
    }

    private void onCompleted(long token, int status) {
        if (status != BlkStatus.OK) {
            throw new IllegalStateException("a read ended with status " + status);
        }
        // Those in flight bring the rest.
        if (ended++ < target) {
            submit((int) token);
        }
    }

    @Override
    public void close() {
        try {
            device.close();
        } finally {
            transport.close();
        }
    }
}
