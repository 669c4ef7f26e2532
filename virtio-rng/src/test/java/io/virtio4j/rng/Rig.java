// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A driver on the test's thread and a device on its own, with memory between them. */
final class Rig implements AutoCloseable {
    static final int MEMORY_BYTES = 256 << 10;

    private static final int[] RING_BITS = {
        FeatureBits.RING_PACKED, FeatureBits.INDIRECT_DESC, FeatureBits.EVENT_IDX, FeatureBits.IN_ORDER
    };

    /** What the device's side was told. */
    final ConcurrentLinkedQueue<Throwable> deviceErrors = new ConcurrentLinkedQueue<>();

    /** What the driver's side was told. */
    final ConcurrentLinkedQueue<Throwable> driverErrors = new ConcurrentLinkedQueue<>();

    final SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x4000_0000);
    final DmaArena arena = new DmaArena(memory);
    final InProcessTransport transport;

    Rig(VirtioDevice device) {
        this.transport =
                InProcessTransport.start(device, GuestMemory.of(memory), DeviceIdle.NOTIFIED, deviceErrors::add);
    }

    /** Every combination of what a ring may have, and a ring that is told where the driver stands. */
    static Stream<Features> everyRing() {
        Stream<Features> combinations = IntStream.range(0, 1 << RING_BITS.length)
                .mapToObj(choice -> {
                    Features features = Features.NONE;
                    for (int i = 0; i < RING_BITS.length; i++) {
                        features = (choice >>> i & 1) != 0 ? features.with(RING_BITS[i]) : features;
                    }
                    return features;
                });
        return Stream.concat(combinations, Stream.of(Features.of(FeatureBits.NOTIFICATION_DATA)));
    }

    /** A split ring and a packed one. */
    static Stream<Features> bothFormats() {
        return Stream.of(Features.NONE, Features.of(FeatureBits.RING_PACKED));
    }

    RngOptions options() {
        return RngOptions.defaults(driverErrors::add);
    }

    RngDevice open() {
        return open(options());
    }

    RngDevice open(RngOptions options) {
        return RngDevice.open(transport, arena, options);
    }

    DmaBuffer buffer(int lengthBytes) {
        return arena.allocate(lengthBytes, 16);
    }

    byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        memory.getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    byte[] allMemory() {
        byte[] bytes = new byte[MEMORY_BYTES];
        memory.getBytes(0, bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void close() {
        transport.close();
    }
}
