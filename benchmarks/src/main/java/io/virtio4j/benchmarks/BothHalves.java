// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import org.agrona.ErrorHandler;
import org.agrona.LangUtil;

/** Both halves of one queue of 256 descriptors over the same memory, and a request of two parts. */
final class BothHalves {
    static final int QUEUE_SIZE = 256;
    static final int PART_BYTES = 64;

    private static final int MEMORY_BYTES = 1 << 20;
    private static final int LINES = 128;
    private static final int TABLE_ENTRIES = 4;

    final SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x4000_0000);
    final DriverQueue driver;
    final DeviceQueue device;
    final BufferChain request = new BufferChain(2);

    private BothHalves(Features features) {
        DmaArena arena = new DmaArena(memory);
        RingFormat format = RingFormat.of(features);
        QueueConfig config = new QueueConfig(
                0,
                QUEUE_SIZE,
                features,
                new QueueAddresses(
                        carve(arena, format.descriptorAreaBytes(QUEUE_SIZE)),
                        carve(arena, format.driverAreaBytes(QUEUE_SIZE)),
                        carve(arena, format.deviceAreaBytes(QUEUE_SIZE))));
        GuestMemory guest = GuestMemory.of(memory);
        // A benchmark of a broken queue would look very fast.
        ErrorHandler rethrow = LangUtil::rethrowUnchecked;
        if (config.indirect()) {
            DmaBuffer tables = arena.allocate(RingFormat.indirectTablesBytes(QUEUE_SIZE, TABLE_ENTRIES), LINES);
            driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, rethrow, tables, TABLE_ENTRIES);
        } else {
            driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, rethrow);
        }
        device = DeviceQueue.create(config, guest, CallSink.NONE, rethrow);
        DmaBuffer readable = arena.allocate(PART_BYTES, LINES);
        DmaBuffer writable = arena.allocate(PART_BYTES, LINES);
        request.addReadable(readable).addWritable(writable);
    }

    private static long carve(DmaArena arena, int lengthBytes) {
        return arena.allocate(lengthBytes, LINES).guestAddress();
    }

    /**
     * Makes a queue.
     *
     * @param ring begins with {@code split} or {@code packed}; may say {@code indirect} and {@code in-order}
     * @param suppression {@code flag} or {@code event-index}
     */
    static BothHalves of(String ring, String suppression) {
        Features features = Features.of(FeatureBits.VERSION_1);
        if (ring.startsWith("packed")) {
            features = features.with(FeatureBits.RING_PACKED);
        }
        if (suppression.equals("event-index")) {
            features = features.with(FeatureBits.EVENT_IDX);
        }
        if (ring.contains("in-order")) {
            features = features.with(FeatureBits.IN_ORDER);
        }
        if (ring.contains("indirect")) {
            features = features.with(FeatureBits.INDIRECT_DESC);
        }
        return new BothHalves(features);
    }
}
