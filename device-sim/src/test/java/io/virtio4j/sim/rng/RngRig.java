// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceSession;
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
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.RngQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An entropy device and the hand that drives it: both halves of a real ring on the test's own thread. */
final class RngRig {
    static final int QUEUE_SIZE = 16;
    static final int POISON = 0xEE;

    /** No chain came back with the last look. */
    static final long NOTHING_USED = -1;

    private static final int READY = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;
    private static final int[] RING_BITS = {
        FeatureBits.RING_PACKED, FeatureBits.INDIRECT_DESC, FeatureBits.EVENT_IDX, FeatureBits.IN_ORDER
    };

    final List<Throwable> errors = new ArrayList<>();
    final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    final DmaArena arena = new DmaArena(memory);
    final DeviceSession session;
    DriverQueue queue;
    int taken;
    long usedBytes = NOTHING_USED;

    RngRig(SimRng device, Features ring) {
        session = new DeviceSession(device, GuestMemory.of(memory), () -> {}, errors::add);
        start(ring);
    }

    /** Every combination of what a ring may have. */
    static Stream<Features> everyRing() {
        return IntStream.range(0, 1 << RING_BITS.length).mapToObj(choice -> {
            Features features = Features.of(FeatureBits.VERSION_1);
            for (int i = 0; i < RING_BITS.length; i++) {
                features = (choice >>> i & 1) != 0 ? features.with(RING_BITS[i]) : features;
            }
            return features;
        });
    }

    /** A split ring and a packed one. */
    static Stream<Features> bothFormats() {
        return Stream.of(
                Features.of(FeatureBits.VERSION_1), Features.of(FeatureBits.VERSION_1, FeatureBits.RING_PACKED));
    }

    void start(Features ring) {
        session.writeStatus(DeviceStatus.ACKNOWLEDGE);
        session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
        session.acknowledgeFeatures(ring);
        assertThat(session.writeStatus(READY)).isEqualTo(READY);
        RingFormat format = RingFormat.of(ring);
        QueueConfig config = new QueueConfig(
                RngQueues.REQUEST,
                QUEUE_SIZE,
                ring,
                new QueueAddresses(
                        allocate(format.descriptorAreaBytes(QUEUE_SIZE)),
                        allocate(format.driverAreaBytes(QUEUE_SIZE)),
                        allocate(format.deviceAreaBytes(QUEUE_SIZE))));
        queue = DriverQueue.create(config, GuestMemory.of(memory), BarrierPolicy.OPTIMIZED, errors::add);
        session.configureQueue(config, CallSink.NONE);
        session.writeStatus(READY | DeviceStatus.DRIVER_OK);
    }

    private long allocate(int lengthBytes) {
        return arena.allocate(lengthBytes, 128).guestAddress();
    }

    /** A buffer that holds nothing random yet. */
    DmaBuffer poisoned(int lengthBytes) {
        DmaBuffer buffer = arena.allocate(lengthBytes, 1);
        memory.fill(buffer.offset(), lengthBytes, POISON);
        return buffer;
    }

    void offer(BufferChain chain) {
        assertThat(queue.offer(chain, 0)).isNotNegative();
    }

    /** Lets the device work, takes what it has used, and says how long it says that is. */
    long serve() {
        usedBytes = NOTHING_USED;
        session.service();
        queue.poll(this::used, QUEUE_SIZE);
        return usedBytes;
    }

    private void used(long token, long writtenBytes) {
        usedBytes = writtenBytes;
        taken++;
    }

    byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        memory.getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }
}
