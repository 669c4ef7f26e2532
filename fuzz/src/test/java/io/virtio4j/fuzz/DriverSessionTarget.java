// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkException;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.gpu.GpuDevice;
import io.virtio4j.gpu.GpuException;
import io.virtio4j.gpu.GpuOptions;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.GpuFormat;
import java.util.concurrent.TimeUnit;

/**
 * Drivers that are brought up by a device that lies of itself. They come up or say in an exception of theirs why not, give all
 * memory back, and come up where the lies have ended.
 */
final class DriverSessionTarget implements FuzzTarget {
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Override
    public String name() {
        return "driver-session";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        long asked = 0;
        while (steps.next()) {
            asked += open(steps);
        }
        return asked;
    }

    private static long open(Steps steps) {
        SharedMemory memory = SharedMemory.allocate(1 << 16, 0x4000_0000);
        DmaArena arena = new DmaArena(memory);
        int dial = steps.byteValue();
        boolean disk = (dial & 1) == 0;
        SteppedTransport honest = SteppedTransport.of(
                disk
                        ? new SimBlk(new ArrayStore(4096), SimBlkOptions.DEFAULTS.withQueues(2), error -> {})
                        : new SimGpu(SimGpuConfig.of(8, 8)),
                GuestMemory.of(memory),
                StepPlan.prompt(dial),
                error -> {});
        LyingTransport lying = new LyingTransport(honest, steps, 4 << (dial >> 1 & 3));
        attempt(disk, lying, honest, arena);
        Finding.unlessEqual(arena.freeBytes(), memory.lengthBytes(), "bytes that came back");
        lying.lies = false;
        Finding.unless(attempt(disk, lying, honest, arena), "a driver of an honest device does not come up");
        Finding.unlessEqual(arena.freeBytes(), memory.lengthBytes(), "bytes that came back");
        return lying.asked;
    }

    /** {@return whether it came up and did what was asked of it} */
    private static boolean attempt(boolean disk, LyingTransport lying, SteppedTransport honest, DmaArena arena) {
        try {
            if (disk) {
                useDisk(lying, honest, arena);
            } else {
                useGpu(lying, honest, arena);
            }
            return true;
        } catch (DeviceInitException | TransportException | BlkException | GpuException e) {
            return false;
        }
    }

    private static void useDisk(LyingTransport lying, SteppedTransport honest, DmaArena arena) {
        BlkOptions options = BlkOptions.defaults(error -> {})
                .withIdle(honest.idleStrategy())
                .withQueueSize(8)
                .withQueues(2)
                .withTimeoutNanos(TIMEOUT_NANOS);
        BlkDevice device = BlkDevice.open(lying, arena, options);
        DmaBuffer buffer = arena.allocate(512, 512);
        try {
            if (device.capacitySectors() > 0) {
                device.read(0, buffer);
            }
            device.id();
        } finally {
            closed(lying, device);
            buffer.free();
        }
    }

    private static void useGpu(LyingTransport lying, SteppedTransport honest, DmaArena arena) {
        GpuOptions options = GpuOptions.defaults()
                .withIdle(honest.idleStrategy())
                .withQueueSize(8)
                .withTimeoutNanos(TIMEOUT_NANOS);
        GpuDevice device = GpuDevice.open(lying, arena, options);
        try {
            device.refreshDisplays();
            device.createResource(GpuFormat.B8G8R8A8, 4, 4);
        } finally {
            closed(lying, device);
        }
    }

    private static void closed(LyingTransport lying, AutoCloseable device) {
        try {
            device.close();
        } catch (Exception e) {
            lying.lies = false;
            closeHonestly(device, e);
        }
    }

    private static void closeHonestly(AutoCloseable device, Exception first) {
        try {
            device.close();
        } catch (Exception e) {
            e.addSuppressed(first);
            throw new AssertionError("a driver of an honest device cannot be closed", e);
        }
    }
}
