// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RawSplitRing;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/** A device session over a fake device, and a driver that can be as wrong as the test wants. */
final class SessionRig {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;
    static final Features VERSION_1 = Features.of(FeatureBits.VERSION_1);

    final FakeDevice device = new FakeDevice();
    final SharedMemory memory;
    final GuestMemory guest;
    final DmaArena arena;
    final List<Throwable> errors = new ArrayList<>();
    int configChanges;
    int calls;
    final DeviceSession session;

    SessionRig() {
        this(SharedMemory.allocate(1 << 16, 0x10_0000));
    }

    SessionRig(SharedMemory memory) {
        this.memory = memory;
        this.guest = GuestMemory.of(memory);
        this.arena = new DmaArena(memory);
        this.session = new DeviceSession(device, guest, () -> configChanges++, errors::add);
    }

    QueueConfig queueConfig(int index, int size) {
        return new QueueConfig(
                index,
                size,
                VERSION_1,
                new QueueAddresses(
                        arena.allocate(16L * size, 16).guestAddress(),
                        arena.allocate(6 + 2L * size, 2).guestAddress(),
                        arena.allocate(6 + 8L * size, 4).guestAddress()));
    }

    DriverQueue driverQueue(QueueConfig config) {
        return DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, errors::add);
    }

    RawSplitRing raw(QueueConfig config) {
        return new RawSplitRing(memory, config);
    }

    /** Up to FEATURES_OK. */
    SessionRig negotiate(Features features) {
        session.writeStatus(ACKNOWLEDGE);
        session.writeStatus(ACKNOWLEDGE | DRIVER);
        session.acknowledgeFeatures(features);
        session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        return this;
    }

    /** Up to DRIVER_OK, with one queue. */
    QueueConfig start() {
        QueueConfig config = queueConfig(0, FakeDevice.QUEUE_SIZE);
        start(config);
        return config;
    }

    void start(QueueConfig... configs) {
        negotiate(VERSION_1);
        for (QueueConfig config : configs) {
            session.configureQueue(config, queueIndex -> calls++);
        }
        session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }
}
