// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.gpu.Workbench.Canvas;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Devices that do not answer, that ask for a reset, and that break their rings. */
final class GpuFailureTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Workbench bench = Workbench.withDisplay(8, 8);
    private final List<Throwable> errors = new ArrayList<>();

    /** Split rings: there is an index to break. */
    private final GpuDevice gpu = bench.open(bench.options
            .withRingFeatures(DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED))
            .withTimeoutNanos(SHORT_NANOS)
            .withErrorHandler(errors::add));

    private final Canvas canvas = bench.canvas(gpu, 8, 8);

    private void assertTimesOut() {
        assertThatThrownBy(() -> gpu.flush(canvas.resource(), 0, 0, 8, 8))
                .asInstanceOf(type(GpuTimeoutException.class))
                .satisfies(e -> assertThat(e.command()).isEqualTo(GpuCommand.RESOURCE_FLUSH))
                .satisfies(e -> assertThat(e).hasMessageContaining("no answer to RESOURCE_FLUSH after"));
    }

    @Test
    void aTimeoutSaysWhichCommandAndForHowLong() {
        bench.transport.running = false;
        assertTimesOut();
    }

    @Test
    void aLateAnswerIsSortedFromTheOneThatIsWaitedFor() {
        bench.transport.running = false;
        assertTimesOut();
        assertTimesOut();
        bench.transport.running = true;
        int[][] drawn = bench.draw(canvas, 1);
        gpu.frame(canvas.resource(), 0, 0, 8, 8);
        assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
        assertThat(bench.screen.flushes).as("the late ones were done as well").isEqualTo(3);
    }

    @Test
    void anAnswerGoesToItsOwnCommandWhateverTheOrderOfTheSlots() {
        // A service time, so that the device answers one command at a time.
        Workbench slow = Workbench.of(SimGpuConfig.of(8, 8).withServiceTimeNanos(1));
        GpuDevice driver = slow.open(slow.options.withTimeoutNanos(SHORT_NANOS));
        Canvas screen = slow.canvas(driver, 8, 8);
        slow.transport.running = false;
        for (int i = 0; i < 16; i++) {
            assertThatThrownBy(() -> driver.flush(screen.resource(), 0, 0, 8, 8))
                    .isInstanceOf(GpuTimeoutException.class);
        }
        while (slow.screen.flushes < 15) {
            assertThat(slow.transport.service()).isPositive();
        }
        slow.transport.running = true;

        int[][] drawn = slow.draw(screen, 5);
        driver.frame(screen.resource(), 0, 0, 8, 8);

        assertThat(slow.screen.flushes).isEqualTo(17);
        assertThat(slow.screen.pixels).isDeepEqualTo(drawn);
    }

    @Test
    @Clause({"CORE-DRV-CLEANUP-RESET-FIRST", "CORE-DRV-RESET-WAIT-ZERO"})
    void whatACommandThatTimedOutUsesStaysPinnedUntilTheDeviceIsReset() {
        Resource resource = gpu.createResource(GpuFormat.B8G8R8A8, 8, 8);
        DmaBuffer pixels = bench.arena.allocate(256, 4);
        bench.transport.running = false;
        long free = bench.arena.freeBytes();
        assertThatThrownBy(() -> gpu.attachBacking(resource, Backing.ofBuffers(pixels)))
                .isInstanceOf(GpuTimeoutException.class);

        assertThat(pixels.isPinned()).isTrue();
        assertThatThrownBy(pixels::free).hasMessageContaining("in flight");
        assertThat(bench.arena.freeBytes())
                .as("the list of entries is the device's")
                .isLessThan(free);

        gpu.close();

        assertThat(pixels.isPinned()).isFalse();
        pixels.free();
        canvas.pixels().free();
        assertThat(bench.arena.freeBytes()).isEqualTo(bench.arenaBytes);
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aDeviceThatCannotBeResetKeepsItsBuffersUntilItCan() {
        bench.transport.dead = true;
        long free = bench.arena.freeBytes();
        assertThatThrownBy(gpu::close).isInstanceOf(TransportException.class);
        assertThat(canvas.pixels().isPinned()).isTrue();
        assertThat(bench.arena.freeBytes()).isEqualTo(free);

        bench.transport.dead = false;
        gpu.close();
        assertThat(canvas.pixels().isPinned()).isFalse();
        canvas.pixels().free();
        assertThat(bench.arena.freeBytes()).isEqualTo(bench.arenaBytes);
    }

    @Test
    void theMemoryOfALateCommandComesBackWhenTheDeviceAnswers() {
        Resource resource = gpu.createResource(GpuFormat.B8G8R8A8, 8, 8);
        DmaBuffer pixels = bench.arena.allocate(256, 4);
        long free = bench.arena.freeBytes();
        bench.transport.running = false;
        assertThatThrownBy(() -> gpu.attachBacking(resource, Backing.ofBuffers(pixels)))
                .isInstanceOf(GpuTimeoutException.class);
        bench.transport.running = true;
        gpu.transferToHost(resource, 0, 0, 8, 8, 0);
        assertThat(bench.arena.freeBytes()).isEqualTo(free);
    }

    @Test
    void memoryThatACommandThatTimedOutMayStillReadIsNotLetGo() {
        ScriptedGpu device = new ScriptedGpu();
        Workbench scripted = new Workbench(device);
        GpuDevice driver = scripted.open(scripted.options.withTimeoutNanos(SHORT_NANOS));
        Canvas screen = scripted.canvas(driver, 8, 8);
        device.kept.add(GpuCommand.TRANSFER_TO_HOST_2D);
        assertThatThrownBy(() -> driver.transferToHost(screen.resource(), 0, 0, 8, 8, 0))
                .isInstanceOf(GpuTimeoutException.class);

        // The device would answer these; it still has the transfer.
        assertThatThrownBy(() -> driver.detachBacking(screen.resource()))
                .asInstanceOf(type(GpuTimeoutException.class))
                .satisfies(e -> assertThat(e.command()).isEqualTo(GpuCommand.TRANSFER_TO_HOST_2D));
        assertThatThrownBy(() -> driver.unref(screen.resource())).isInstanceOf(GpuTimeoutException.class);

        assertThat(screen.pixels().isPinned()).isTrue();
        driver.flush(screen.resource(), 0, 0, 8, 8);
        driver.close();
        assertThat(screen.pixels().isPinned()).isFalse();
    }

    @Test
    void whenAllCommandsTimedOutTheNextIsRefusedAndWhenTheyComeBackItIsNot() {
        bench.transport.running = false;
        for (int i = 0; i < 16; i++) {
            assertTimesOut();
        }
        assertThatThrownBy(() -> gpu.flush(canvas.resource(), 0, 0, 8, 8))
                .isInstanceOf(GpuDeviceException.class)
                .hasMessageContaining("not answered 16 commands");
        for (int i = 0; i < 20; i++) {
            bench.transport.service();
        }
        bench.transport.running = true;
        int[][] drawn = bench.draw(canvas, 3);
        gpu.frame(canvas.resource(), 0, 0, 8, 8);
        assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
    }

    @Test
    void aResourceWhoseCreationTimedOutDoesNotTakeTheIdOfALaterOne() {
        bench.transport.running = false;
        assertThatThrownBy(() -> gpu.createResource(GpuFormat.B8G8R8A8, 1, 1)).isInstanceOf(GpuTimeoutException.class);
        bench.transport.running = true;
        assertThat(gpu.createResource(GpuFormat.B8G8R8A8, 1, 1).id()).isEqualTo(3);
    }

    @Test
    @Clause({"CORE-DRV-NEEDS-RESET-DISTRUST", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aDeviceThatNeedsAResetIsToldOfAtOnceAndUntilItIsClosed() {
        Workbench other = Workbench.withDisplay(8, 8);
        GpuDevice driver = other.open();
        Resource resource = driver.createResource(GpuFormat.B8G8R8A8, 8, 8);
        driver.setScanout(0, resource);
        other.screen.failing = true;

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> driver.flush(resource, 0, 0, 8, 8))
                    .isInstanceOf(GpuDeviceException.class)
                    .hasMessage("the device needs a reset; close the driver and open it again");
        }
        assertThat(other.transport.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
        driver.close();
        assertThat(other.arena.freeBytes()).isEqualTo(other.arenaBytes);

        other.screen.failing = false;
        try (GpuDevice again = other.open()) {
            assertThat(again.createResource(GpuFormat.B8G8R8A8, 1, 1).id()).isEqualTo(1);
        }
    }

    @Test
    void aBrokenQueueIsToldOfWithItsReason() {
        bench.transport.running = false;
        QueueConfig control = bench.transport.queues.get(0);
        long usedIdx = control.addresses().deviceArea() - bench.memory.guestAddress() + SplitLayout.USED_IDX;
        bench.memory.putLe16(usedIdx, bench.memory.getLe16(usedIdx) + 1000);

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> gpu.flush(canvas.resource(), 0, 0, 8, 8))
                    .isInstanceOf(GpuDeviceException.class)
                    .hasMessageContaining("broke a queue")
                    .hasCauseInstanceOf(BrokenQueueException.class);
        }
        assertThat(errors).singleElement().isInstanceOf(BrokenQueueException.class);
        gpu.close();
        canvas.pixels().free();
        assertThat(bench.arena.freeBytes()).isEqualTo(bench.arenaBytes);
    }

    @Test
    void aDeviceThatNeverAnswersTheFirstCommandLeavesNothingBehind() {
        SharedMemory memory = SharedMemory.allocate(1 << 20, 0);
        DmaArena arena = new DmaArena(memory);
        InlineTransport silent = new InlineTransport(new SimGpu(SimGpuConfig.of(8, 8)), GuestMemory.of(memory));
        silent.running = false;
        GpuOptions options = GpuOptions.defaults().withIdle(silent).withTimeoutNanos(SHORT_NANOS);
        assertThatThrownBy(() -> GpuDevice.open(silent, arena, options))
                .isInstanceOf(GpuTimeoutException.class)
                .hasMessageContaining("GET_DISPLAY_INFO");
        assertThat(silent.status()).isZero();
        assertThat(arena.freeBytes()).isEqualTo(1 << 20);
    }
}
