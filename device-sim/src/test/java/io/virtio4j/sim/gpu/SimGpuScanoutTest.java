// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.sim.gpu.RecordingScanout.Flush;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the display learns, and when. */
final class SimGpuScanoutTest {
    private static final int SIDE = 8;

    private final GpuRig rig = new GpuRig(SimGpuConfig.of(new SimDisplays(4)));

    private void makeResource(int id) {
        rig.fillPages(id);
        assertThat(rig.type(create2d(id, GpuFormat.B8G8R8A8, SIDE, SIDE))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(attach(id, List.of(new MemEntry(GpuRig.PAGES, SIDE * SIDE * 4)))))
                .isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(transfer(id, 0, 0, SIDE, SIDE, 0))).isEqualTo(GpuResponse.OK_NODATA);
    }

    private void show(int scanoutId, int id, int x, int y, int width, int height) {
        assertThat(rig.type(setScanout(scanoutId, id, x, y, width, height))).isEqualTo(GpuResponse.OK_NODATA);
    }

    @Test
    @Clause({"GPU-DEV-FLUSH", "GPU-SCANOUT-COVERED"})
    void aFlushReachesEveryScanoutThatShowsSomeOfTheRectangle() {
        makeResource(1);
        makeResource(2);
        show(0, 1, 0, 0, SIDE, SIDE);
        show(1, 1, 0, 0, SIDE, SIDE);
        show(2, 1, 4, 4, 4, 4);
        show(3, 2, 0, 0, SIDE, SIDE);

        assertThat(rig.type(flush(1, 3, 2, 2, 3))).isEqualTo(GpuResponse.OK_NODATA);

        assertThat(rig.scanout.flushes)
                .containsExactly(new Flush(0, 3, 2, 2, 3), new Flush(1, 3, 2, 2, 3), new Flush(2, 0, 0, 1, 1));
    }

    @Property(tries = 300)
    @Clause({"GPU-DEV-FLUSH", "GPU-COORDS"})
    void theDisplayLearnsThePartOfTheRectangleThatItShowsInItsOwnCoordinates(
            @ForAll @IntRange(min = 0, max = 7) int left,
            @ForAll @IntRange(min = 0, max = 7) int top,
            @ForAll @IntRange(min = 1, max = 8) int shownWidth,
            @ForAll @IntRange(min = 1, max = 8) int shownHeight,
            @ForAll @IntRange(min = 0, max = 8) int x,
            @ForAll @IntRange(min = 0, max = 8) int y,
            @ForAll @IntRange(min = 0, max = 8) int width,
            @ForAll @IntRange(min = 0, max = 8) int height) {
        GpuRig own = new GpuRig(SimGpuConfig.of(SIDE, SIDE));
        own.type(create2d(1, GpuFormat.B8G8R8A8, SIDE, SIDE));
        int w = Math.min(shownWidth, SIDE - left);
        int h = Math.min(shownHeight, SIDE - top);
        assertThat(own.type(setScanout(0, 1, left, top, w, h))).isEqualTo(GpuResponse.OK_NODATA);

        int type = own.type(flush(1, x, y, Math.min(width, SIDE - x), Math.min(height, SIDE - y)));

        assertThat(type).isEqualTo(GpuResponse.OK_NODATA);
        boolean[][] expected = new boolean[h][w];
        boolean any = false;
        for (int row = 0; row < h; row++) {
            for (int column = 0; column < w; column++) {
                boolean inside =
                        left + column >= x && left + column < x + width && top + row >= y && top + row < y + height;
                expected[row][column] = inside;
                any |= inside;
            }
        }
        assertThat(own.scanout.flushes).hasSize(any ? 1 : 0);
        boolean[][] told = new boolean[h][w];
        for (Flush flush : own.scanout.flushes) {
            for (int row = flush.y(); row < flush.y() + flush.height(); row++) {
                for (int column = flush.x(); column < flush.x() + flush.width(); column++) {
                    told[row][column] = true;
                }
            }
        }
        assertThat(told).isDeepEqualTo(expected);
    }

    @Test
    @Clause({"GPU-SCANOUT-COVERED", "GPU-COORDS"})
    void aScanoutShowsItsPartOfTheResourceInPlace() {
        makeResource(1);
        show(0, 1, 2, 3, 5, 4);
        rig.type(flush(1, 0, 0, SIDE, SIDE));
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 5; x++) {
                assertThat(rig.scanout.lastPixels[y][x]).isEqualTo(rig.lowPages.getLe32(4L * ((3 + y) * SIDE + 2 + x)));
            }
        }
    }

    @Test
    @Clause("GPU-SCANOUT-DISABLE")
    void resourceZeroTurnsAScanoutOff() {
        makeResource(1);
        show(0, 1, 0, 0, SIDE, SIDE);
        show(1, 1, 0, 0, SIDE, SIDE);
        show(0, 0, 0, 0, 0, 0);
        rig.type(flush(1, 0, 0, SIDE, SIDE));
        assertThat(rig.scanout.events).endsWith("disabled 0");
        assertThat(rig.scanout.flushes).containsExactly(new Flush(1, 0, 0, SIDE, SIDE));
    }

    @Test
    @Clause("GPU-SCANOUT-DISABLE")
    void aScanoutThatIsOffCanBeTurnedOffAgain() {
        show(0, 0, 0, 0, 0, 0);
        assertThat(rig.scanout.events).isEmpty();
    }

    @Test
    @Clause("GPU-DEV-UNREF")
    void everyScanoutOfADestroyedResourceGoesOff() {
        makeResource(1);
        makeResource(2);
        show(0, 1, 0, 0, SIDE, SIDE);
        show(1, 2, 0, 0, SIDE, SIDE);
        show(2, 1, 0, 0, 2, 2);
        rig.type(unref(1));
        assertThat(rig.scanout.events.subList(3, rig.scanout.events.size()))
                .containsExactly("disabled 0", "disabled 2");
    }

    @Test
    void aResetTurnsEveryScanoutOff() {
        makeResource(1);
        show(3, 1, 0, 0, SIDE, SIDE);
        rig.session.writeStatus(DeviceStatus.RESET);
        assertThat(rig.scanout.events).endsWith("disabled 3");
    }

    @ParameterizedTest
    @EnumSource(GpuFormat.class)
    void aDisplayReadsEveryFormatAsArgb(GpuFormat format) {
        // Bytes in memory as the format's name has them: 0x11 blue, 0x22 green, 0x33 red, 0x44 alpha or nothing.
        SharedMemory memory = SharedMemory.allocate(4, 0);
        String name = format.name();
        for (int i = 0; i < 4; i++) {
            memory.putByte(
                    i,
                    "BGRAX".indexOf(name.charAt(2 * i)) == 4 ? 0x44 : 0x11 * (1 + "BGRA".indexOf(name.charAt(2 * i))));
        }
        int[] argb = new int[1];
        new PixelView(memory, 0, 4, 1, 1, format).readArgb(0, 0, argb, 0, 1);
        assertThat(argb[0]).isEqualTo(name.contains("X") ? 0xFF33_2211 : 0x4433_2211);
    }

    @Test
    void aDisplayCannotReadBesideTheView() {
        PixelView view = new PixelView(SharedMemory.allocate(64, 0), 16, 16, 2, 2, GpuFormat.B8G8R8A8);
        int[] row = new int[4];
        assertThatThrownBy(() -> view.readPixels(1, 0, row, 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.readPixels(Integer.MAX_VALUE, 0, row, 0, Integer.MAX_VALUE))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("of a rectangle of 2x2");
        assertThatThrownBy(() -> view.readPixels(0, 2, row, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.readPixels(-1, 0, row, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.offsetBytes(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(view.offsetBytes(1, 1)).isEqualTo(16 + 16 + 4);
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void aDisplayThatThrowsPutsTheDeviceIntoNeedsResetAndAResetHelps() {
        Scanout broken = new Scanout() {
            @Override
            public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
                throw new IllegalStateException("no window");
            }

            @Override
            public void disabled(int scanoutId) {
                throw new IllegalStateException("no window either");
            }
        };
        GpuRig other = new GpuRig(SimGpuConfig.of(SIDE, SIDE), broken);
        other.type(create2d(1, GpuFormat.B8G8R8A8, SIDE, SIDE));
        other.type(setScanout(0, 1, 0, 0, SIDE, SIDE));
        byte[] request = flush(1, 0, 0, 1, 1);
        other.offer(0, request, new int[] {request.length}, new int[] {24}, 1);

        other.session.service();

        assertThat(other.errors).singleElement().hasToString("java.lang.IllegalStateException: no window");
        assertThat(other.session.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
        assertThat(other.poll(0)).isFalse();
        other.start();
        assertThat(other.errors).hasSize(2);
        assertThat(other.type(create2d(1, GpuFormat.B8G8R8A8, SIDE, SIDE))).isEqualTo(GpuResponse.OK_NODATA);
    }
}
