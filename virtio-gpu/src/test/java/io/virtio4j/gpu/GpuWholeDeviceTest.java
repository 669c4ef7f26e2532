// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.gpu.SimDisplays;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** EDIDs, UUIDs, blobs and displays that come and go, between the driver and the simulated device. */
final class GpuWholeDeviceTest {
    private static final int WIDTH = 20;
    private static final int HEIGHT = 10;
    private static final int IMAGE_BYTES = 4 * WIDTH * HEIGHT;

    @Test
    @Clause({"GPU-DRV-DISPLAY-EVENT", "GPU-DRV-DISPLAY-EVENT-EDID", "GPU-DRV-INIT-EDID"})
    void displaysThatAreResizedAndPluggedAreFollowedWithTheirEdids() {
        SimDisplays displays = new SimDisplays(2);
        displays.plug(0, 800, 600);
        Workbench bench = Workbench.of(SimGpuConfig.of(displays));
        GpuDevice gpu = bench.open();
        assertMode(gpu.displays().get(0), 800, 600);
        assertThat(gpu.displays().get(1).edid()).isEmpty();

        displays.plug(0, 1280, 720);
        displays.plug(1, 1920, 1080);
        bench.transport.service();
        assertThat(gpu.refreshDisplays()).isTrue();
        assertMode(gpu.displays().get(0), 1280, 720);
        assertMode(gpu.displays().get(1), 1920, 1080);

        displays.unplug(0);
        bench.transport.service();
        assertThat(gpu.refreshDisplays()).isTrue();
        assertThat(gpu.displays().get(0).enabled()).isFalse();
        assertThat(gpu.displays().get(0).edid()).isEmpty();
        assertThat(gpu.preferredDisplay().scanoutId()).isEqualTo(1);
        assertThat(gpu.refreshDisplays()).isFalse();
    }

    private static void assertMode(Display display, int width, int height) {
        assertThat(display.enabled()).isTrue();
        Edid edid = display.edid().orElseThrow();
        assertThat(edid.isChecksumOk()).isTrue();
        assertThat(edid.preferredMode()).hasValue(new Edid.Mode(width, height));
    }

    @Test
    @Clause({"GPU-SCANOUT-BLOB-RECT", "GPU-BLOB-NEGOTIATED"})
    void whatIsDrawnIntoABlobIsSeenAtTheNextFlushWithoutATransfer() {
        Workbench bench = Workbench.withDisplay(WIDTH, HEIGHT);
        GpuDevice gpu = bench.open();
        long alignment = Math.max(gpu.blobAlignmentBytes(), 1);
        DmaBuffer pixels = bench.arena.allocate((2 * IMAGE_BYTES + alignment - 1) / alignment * alignment, 4096);
        BlobResource blob = gpu.createBlob(Backing.ofBuffers(pixels));
        BlobImage first = BlobImage.of(GpuFormat.B8G8R8X8, WIDTH, HEIGHT);
        BlobImage second = first.at(IMAGE_BYTES);
        for (int frame = 0; frame < 6; frame++) {
            BlobImage image = frame % 2 == 0 ? first : second;
            int[][] drawn = new int[HEIGHT][];
            Random random = new Random(frame);
            for (int y = 0; y < HEIGHT; y++) {
                drawn[y] = random.ints(WIDTH).toArray();
                long row = pixels.offset() + image.offsetBytes() + (long) y * image.strideBytes();
                bench.memory.putLe32s(row, drawn[y], 0, WIDTH);
            }
            gpu.setScanout(0, blob, image);
            gpu.flush(blob, 0, 0, WIDTH, HEIGHT);
            assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
        }
        gpu.unref(blob);
        pixels.free();
    }

    @Test
    @Clause("GPU-UUID-NEGOTIATED")
    void everyResourceHasAUuidOfItsOwn() {
        GpuDevice gpu = Workbench.withDisplay(8, 8).open();
        Resource one = gpu.createResource(GpuFormat.B8G8R8X8, 1, 1);
        Resource other = gpu.createResource(GpuFormat.B8G8R8X8, 1, 1);
        UUID uuid = gpu.uuid(one);
        assertThat(uuid.version()).isEqualTo(4);
        assertThat(gpu.uuid(one)).isEqualTo(uuid);
        assertThat(gpu.uuid(other)).isNotEqualTo(uuid);
    }

    @Test
    @Clause("GPU-DRV-BLOB-SIZE-ALIGN")
    void theDevicesAlignmentIsKept() {
        Workbench bench = Workbench.of(SimGpuConfig.of(8, 8).withBlobAlignment(4096));
        GpuDevice gpu = bench.open();
        assertThat(gpu.blobAlignmentBytes()).isEqualTo(4096);
        DmaBuffer page = bench.arena.allocate(4096, 4096);
        assertThat(gpu.createBlob(Backing.ofBuffers(page)).lengthBytes()).isEqualTo(4096);
        DmaBuffer more = bench.arena.allocate(4097, 4096);
        assertThatThrownBy(() -> gpu.createBlob(Backing.ofBuffers(more))).isInstanceOf(IllegalArgumentException.class);
    }
}
