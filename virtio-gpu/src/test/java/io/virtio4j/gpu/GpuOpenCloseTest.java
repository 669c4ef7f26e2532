// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.Transport;
import io.virtio4j.wire.GpuFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;

/** Displays that are plugged and unplugged all day long: no thread, no byte of the driver's memory and none of the host's is left. */
final class GpuOpenCloseTest {
    private static final int CYCLES = 1_000;

    /** The device's limit: room for one image of 8 by 8 and its list of pages, so that one that stayed would be noticed. */
    private static final long HOST_BYTES = 4 * 8 * 8 + 512;

    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);

    private static SimGpu device() {
        return new SimGpu(SimGpuConfig.of(8, 8).withLimits(HOST_BYTES, 1));
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aThousandDevicesOnThreadsOfTheirOwnLeaveNothingBehind() {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            try (InProcessTransport transport =
                    InProcessTransport.start(device(), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add)) {
                use(transport, new YieldingIdleStrategy(), cycle);
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aThousandDevicesThatAreSteppedLeaveNothingBehind() {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            SteppedTransport transport =
                    SteppedTransport.of(device(), GuestMemory.of(memory), StepPlan.prompt(cycle), errors::add);
            use(transport, transport.idleStrategy(), cycle);
            transport.close();
        }
        assertNothingIsLeft();
    }

    @Test
    void aThousandDriversOfOneDeviceLeaveNothingBehind() {
        try (InProcessTransport transport =
                InProcessTransport.start(device(), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                use(transport, new YieldingIdleStrategy(), cycle);
            }
            assertThat(deviceThreads()).hasSize(1);
        }
        assertNothingIsLeft();
    }

    /** A frame, and a resource with pages that the close finds there. */
    private void use(Transport transport, IdleStrategy idle, int cycle) {
        GpuDevice gpu = GpuDevice.open(transport, arena, GpuOptions.defaults().withIdle(idle));
        Resource resource = gpu.createResource(GpuFormat.B8G8R8X8, 8, 8);
        DmaBuffer pixels = arena.allocate(4 * 8 * 8, 64);
        gpu.attachBacking(resource, Backing.ofBuffers(pixels));
        gpu.setScanout(0, resource);
        gpu.frame(resource, 0, 0, 8, 8);
        assertThat(pixels.isPinned()).isTrue();
        gpu.close();
        pixels.free();
        assertThat(arena.freeBytes()).as("after cycle %s", cycle).isEqualTo(memory.lengthBytes());
    }

    private void assertNothingIsLeft() {
        assertThat(errors).isEmpty();
        assertThat(deviceThreads()).isEmpty();
    }

    private static List<Thread> deviceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("virtio4j-"))
                .toList();
    }
}
