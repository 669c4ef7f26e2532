// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.tour;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** The smallest whole example: a driver and a device of our own, which answers every request in capitals. */
public final class Tour {
    private static final long MAX_SPINS = 1L << 32;

    private Tour() {}

    /**
     * Sends one request through a virtqueue.
     *
     * @param text what to send, at least one character of ASCII
     * @return what the device answered
     */
    public static String shout(String text) {
        // README: driver
        SharedMemory ram = SharedMemory.allocate(1 << 20, 0x4000_0000);
        DmaArena arena = new DmaArena(ram);
        DriverSpec spec = new DriverSpec(ShoutDevice.ID, DriverSpec.RING_FEATURES, Features.NONE, List.of());
        try (InProcessTransport transport = InProcessTransport.start(
                        new ShoutDevice(), GuestMemory.of(ram), DeviceIdle.NOTIFIED, Throwable::printStackTrace);
                DriverSession session = DriverSession.open(transport, spec)) {
            ActiveQueue active = session.setUpQueue(
                    0, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, Throwable::printStackTrace);
            session.driverOk();

            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            DmaBuffer buffer = arena.allocate(bytes.length, 16);
            ram.putBytes(buffer.offset(), bytes, 0, bytes.length);
            BufferChain chain = new BufferChain(2).addReadable(buffer).addWritable(buffer);
            active.queue().offer(chain, 42); // descriptors, slot, write barrier, index
            active.queue().kick(active.doorbell()); // full barrier, then only if the device asked for it
            int used = active.queue().pollUsed((token, bytesUsed) -> {}, 1, MAX_SPINS, new BusySpinIdleStrategy());
            if (used != 1) {
                throw new IllegalStateException("the device did not answer: " + used);
            }
            ram.getBytes(buffer.offset(), bytes, 0, bytes.length);
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        // README: end
    }

    /**
     * Runs the example.
     *
     * @param args one text
     */
    public static void main(String[] args) {
        System.out.println(shout(args.length > 0 ? args[0] : "a driver and a device on the JVM"));
    }
}
