// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
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

/** Where a queue lies: a region of memory of its own, and either half of the queue on top of it. The driver's comes first. */
public final class QueuePlace {
    private static final int MEMORY_BYTES = 1 << 20;
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final int LINES = 128;
    private static final int TABLE_ENTRIES = 4;

    /** A benchmark of a broken queue would look very fast. */
    private static final ErrorHandler RETHROW = LangUtil::rethrowUnchecked;

    private final DmaArena arena;
    private final GuestMemory guest;
    private final QueueConfig config;

    /**
     * Makes a place.
     *
     * @param ring begins with {@code split} or {@code packed}; may say {@code indirect} and {@code in-order}
     * @param eventIndex whether notifications are suppressed by event index rather than by flag
     * @param queueSize descriptors, at most 4096
     */
    public QueuePlace(String ring, boolean eventIndex, int queueSize) {
        SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, GUEST_ADDRESS);
        arena = new DmaArena(memory);
        guest = GuestMemory.of(memory);
        Features features = features(ring, eventIndex);
        RingFormat format = RingFormat.of(features);
        config = new QueueConfig(
                0,
                queueSize,
                features,
                new QueueAddresses(
                        allocate(format.descriptorAreaBytes(queueSize)).guestAddress(),
                        allocate(format.driverAreaBytes(queueSize)).guestAddress(),
                        allocate(format.deviceAreaBytes(queueSize)).guestAddress()));
    }

    private static Features features(String ring, boolean eventIndex) {
        Features features = Features.of(FeatureBits.VERSION_1);
        if (ring.startsWith("packed")) {
            features = features.with(FeatureBits.RING_PACKED);
        }
        if (eventIndex) {
            features = features.with(FeatureBits.EVENT_IDX);
        }
        if (ring.contains("in-order")) {
            features = features.with(FeatureBits.IN_ORDER);
        }
        if (ring.contains("indirect")) {
            features = features.with(FeatureBits.INDIRECT_DESC);
        }
        return features;
    }

    /**
     * {@return memory for a buffer, on cache lines of its own}
     *
     * @param lengthBytes how long
     */
    public DmaBuffer allocate(long lengthBytes) {
        return arena.allocate(lengthBytes, LINES);
    }

    /** {@return the guest address of the memory's first byte} */
    public long guestAddress() {
        return GUEST_ADDRESS;
    }

    /** {@return the driver's half, and an empty ring} */
    public DriverQueue newDriver() {
        if (!config.indirect()) {
            return DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, RETHROW);
        }
        DmaBuffer tables = allocate(RingFormat.indirectTablesBytes(config.size(), TABLE_ENTRIES));
        return DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, RETHROW, tables, TABLE_ENTRIES);
    }

    /**
     * {@return the device's half}
     *
     * @param calls gets the used-buffer notifications
     */
    public DeviceQueue newDevice(CallSink calls) {
        return DeviceQueue.create(config, guest, calls, RETHROW);
    }
}
