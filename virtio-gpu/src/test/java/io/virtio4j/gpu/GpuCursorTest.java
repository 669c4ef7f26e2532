// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import org.junit.jupiter.api.Test;

/** The cursor queue, from the driver's side. */
final class GpuCursorTest {
    private final Workbench bench = Workbench.withDisplay(640, 480);
    private final GpuDevice gpu = bench.open();

    private Resource image(int width, int height) {
        Resource image = gpu.createResource(GpuFormat.B8G8R8A8, width, height);
        DmaBuffer pixels = bench.arena.allocate(4L * width * height, 4);
        gpu.attachBacking(image, Backing.ofBuffers(pixels));
        return image;
    }

    @Test
    @Clause("GPU-DRV-CURSOR-RESOURCE")
    void anImageThatIsStillOnItsWayIsWaitedFor() {
        ScriptedGpu device = new ScriptedGpu();
        Workbench scripted = new Workbench(device);
        GpuDevice driver = scripted.open();
        Resource image = scripted.canvas(driver, 64, 64).resource();
        FramePipeline frames = driver.frames(image, 1);
        frames.show(0, 0, 64, 64);
        frames.drain();
        device.requests.clear();

        frames.show(0, 0, 64, 64);
        assertThat(device.requests).as("the device has not looked yet").isEmpty();
        driver.cursor().show(0, image, 0, 0, 1, 1);

        assertThat(frames.inFlight()).isZero();
        assertThat(device.types())
                .containsExactly(GpuCommand.TRANSFER_TO_HOST_2D, GpuCommand.RESOURCE_FLUSH, GpuCommand.UPDATE_CURSOR);
    }

    @Test
    @Clause({"GPU-CURSOR-UPDATE", "GPU-CURSOR-MOVE", "GPU-QUEUES"})
    void aCursorIsShownMovedAndHiddenOverItsOwnQueue() {
        Resource image = image(64, 64);
        gpu.transferToHost(image, 0, 0, 64, 64, 0);
        long control = gpu.controlStats().get(QueueCounter.COMPLETIONS);

        gpu.cursor().show(0, image, 1, 2, 30, 40);
        gpu.cursor().move(0, -3, 41);
        gpu.cursor().hide(0);

        assertThat(bench.screen.events)
                .containsExactly(
                        "cursor 0 hot 1,2 at 30,40", "cursor 0 to -3,41", "cursor 0 hidden", "cursor 0 to -3,41");
        assertThat(gpu.cursorStats().get(QueueCounter.COMPLETIONS)).isEqualTo(3);
        assertThat(gpu.controlStats().get(QueueCounter.COMPLETIONS)).isEqualTo(control);
    }

    @Test
    @Clause("GPU-DRV-CURSOR-64X64")
    void anImageOfAnotherSizeIsRefused() {
        Resource image = image(64, 63);
        gpu.transferToHost(image, 0, 0, 64, 63, 0);
        assertThatThrownBy(() -> gpu.cursor().show(0, image, 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64x63");
    }

    @Test
    @Clause("GPU-DRV-CURSOR-RESOURCE")
    void anImageIntoWhichNothingWasTransferredIsRefused() {
        Resource image = image(64, 64);
        assertThatThrownBy(() -> gpu.cursor().show(0, image, 0, 0, 0, 0)).isInstanceOf(IllegalStateException.class);
        gpu.transferToHost(image, 0, 0, 64, 64, 0);
        gpu.cursor().show(0, image, 0, 0, 0, 0);
        assertThat(bench.screen.events).hasSize(1);
    }

    @Test
    void aScanoutThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> gpu.cursor().move(1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gpu.cursor().hide(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
