// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.YieldingIdleStrategy;

/** A driver on the test's thread and a device on its own, with memory between them. */
final class Rig implements AutoCloseable {
    private static final long MEMORY_BYTES = 8 << 20;

    /** What the device's side was told. */
    final ConcurrentLinkedQueue<Throwable> deviceErrors = new ConcurrentLinkedQueue<>();

    /** What the driver's side was told. */
    final ConcurrentLinkedQueue<Throwable> driverErrors = new ConcurrentLinkedQueue<>();

    final SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x4000_0000);
    final DmaArena arena = new DmaArena(memory);
    final InProcessTransport transport;

    Rig(VirtioDevice device) {
        this(device, DeviceIdle.NOTIFIED);
    }

    Rig(VirtioDevice device, DeviceIdle idle) {
        this(errors -> device, idle);
    }

    private Rig(Function<ErrorHandler, VirtioDevice> device, DeviceIdle idle) {
        this.transport = InProcessTransport.start(
                device.apply(deviceErrors::add), GuestMemory.of(memory), idle, deviceErrors::add);
    }

    /** For a device that has somebody to tell its errors to: {@link #deviceErrors}. */
    static Rig of(Function<ErrorHandler, VirtioDevice> device) {
        return new Rig(device, DeviceIdle.NOTIFIED);
    }

    BlkOptions options() {
        return BlkOptions.defaults(driverErrors::add).withIdle(new YieldingIdleStrategy());
    }

    BlkDevice open() {
        return open(options());
    }

    BlkDevice open(BlkOptions options) {
        return BlkDevice.open(transport, arena, options);
    }

    DmaBuffer buffer(int lengthBytes) {
        return arena.allocate(lengthBytes, 512);
    }

    DmaBuffer buffer(byte[] bytes) {
        DmaBuffer buffer = buffer(bytes.length);
        memory.putBytes(buffer.offset(), bytes, 0, bytes.length);
        return buffer;
    }

    byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        memory.getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    static byte[] pattern(int lengthBytes, long seed) {
        byte[] bytes = new byte[lengthBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** For devices that have nothing to complain of. */
    static void fail(Throwable error) {
        throw new AssertionError(error);
    }

    @Override
    public void close() {
        transport.close();
    }
}
