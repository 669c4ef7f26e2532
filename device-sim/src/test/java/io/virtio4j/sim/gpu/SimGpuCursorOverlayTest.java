// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.cursor;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.CursorOverlay;
import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Pictures with the cursor on them, against a renderer that starts anew for every picture. */
final class SimGpuCursorOverlayTest {
    private static final int SCREEN = 1;
    private static final int SCREEN_BYTES = 1 << 17;
    private static final int IMAGE = 2;

    /** Keeps what it was told to look at, and nothing else: a change without a flush is not seen. */
    private static final class Screen implements Scanout {
        private int[][] argb = {};
        private int flushes;
        private boolean off = true;

        @Override
        public void enabled(int scanoutId, PixelView view) {
            argb = new int[view.height()][view.width()];
            off = false;
        }

        @Override
        public void disabled(int scanoutId) {
            off = true;
        }

        @Override
        public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
            flushes++;
            for (int line = y; line < y + height; line++) {
                view.readArgb(x, line, argb[line], x, width);
            }
        }
    }

    /** A driver's step: move, update, hide, or draw and flush a part. */
    record Step(int kind, int x, int y, int hotX, int hotY) {}

    record Case(GpuFormat format, GpuFormat imageFormat, int width, int height, List<Step> steps, long seed) {}

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Integer> place = Arbitraries.frequencyOf(
                Tuple.of(10, Arbitraries.integers().between(-70, 170)),
                Tuple.of(1, Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE, -1)));
        Arbitrary<Integer> hot = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.integers().between(0, 63)),
                Tuple.of(1, Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE, -1)));
        Arbitrary<Step> step = Combinators.combine(Arbitraries.integers().between(0, 4), place, place, hot, hot)
                .as(Step::new);
        Arbitrary<Integer> side = Arbitraries.integers().between(1, 150);
        return Combinators.combine(
                        Arbitraries.of(GpuFormat.class),
                        Arbitraries.of(GpuFormat.class),
                        side,
                        side,
                        step.list().ofMinSize(1).ofMaxSize(12),
                        Arbitraries.longs())
                .as(Case::new);
    }

    private final Screen screen = new Screen();
    private GpuRig rig = rig();

    private GpuRig rig() {
        return new GpuRig(SimGpuConfig.of(8, 8), new CursorOverlay(1, screen), Features.NONE, 2 * SCREEN_BYTES);
    }

    private void ok(byte[] request) {
        assertThat(GpuResponse.nameOf(rig.type(request))).isEqualTo("OK_NODATA");
    }

    private void okCursor(int type, int x, int y, int id, int hotX, int hotY) {
        assertThat(le32(rig.cursor(cursor(type, 0, x, y, id, hotX, hotY)), 0)).isEqualTo(GpuResponse.OK_NODATA);
    }

    private void makeScreen(GpuFormat format, int width, int height) {
        ok(create2d(SCREEN, format, width, height));
        ok(attach(SCREEN, List.of(new MemEntry(GpuRig.PAGES, SCREEN_BYTES))));
        ok(setScanout(0, SCREEN, 0, 0, width, height));
    }

    private void makeImage(GpuFormat format) {
        ok(create2d(IMAGE, format, 64, 64));
        ok(attach(IMAGE, List.of(new MemEntry(GpuRig.PAGES + SCREEN_BYTES, 64 * 64 * 4))));
        ok(transfer(IMAGE, 0, 0, 64, 64, 0));
    }

    private static int argb(GpuFormat format, int pixel) {
        int alpha = format.alphaShift() == GpuFormat.NO_ALPHA ? 0xFF : pixel >>> format.alphaShift() & 0xFF;
        return alpha << 24
                | (pixel >>> format.redShift() & 0xFF) << 16
                | (pixel >>> format.greenShift() & 0xFF) << 8
                | (pixel >>> format.blueShift() & 0xFF);
    }

    private static int over(int image, int picture) {
        int result = 0xFF;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double below = (picture >>> shift & 0xFF) * (255 - (image >>> 24)) / 255.0;
            result = result << 8 | Math.min((image >>> shift & 0xFF) + (int) Math.round(below), 255);
        }
        return result;
    }

    @Property(tries = 150)
    @Clause({"GPU-CURSOR-UPDATE", "GPU-CURSOR-MOVE", "GPU-COORDS"})
    void thePictureHasTheCursorWhereItIsAndWhatWasFlushedElsewhere(@ForAll("cases") Case example) {
        rig = rig();
        int width = example.width;
        int height = example.height;
        makeScreen(example.format, width, height);
        makeImage(example.imageFormat);
        Random random = new Random(example.seed);
        int[][] flushed = new int[height][width];
        int[] image = null;
        int x = 0;
        int y = 0;
        int hotX = 0;
        int hotY = 0;
        ok(flush(SCREEN, 0, 0, width, height));
        for (int[] row : flushed) {
            Arrays.fill(row, 0xFF00_0000);
        }

        for (Step step : example.steps) {
            switch (step.kind) {
                case 0 -> {
                    rig.fillPages(random.nextLong());
                    ok(transfer(SCREEN, 0, 0, width, height, 0));
                    int left = random.nextInt(width);
                    int top = random.nextInt(height);
                    int w = 1 + random.nextInt(width - left);
                    int h = 1 + random.nextInt(height - top);
                    ok(flush(SCREEN, left, top, w, h));
                    for (int row = top; row < top + h; row++) {
                        for (int column = left; column < left + w; column++) {
                            int pixel = rig.lowPages.getLe32(4L * (row * width + column));
                            flushed[row][column] = argb(example.format, pixel) | 0xFF00_0000;
                        }
                    }
                }
                case 1 -> {
                    ok(transfer(IMAGE, 0, 0, 64, 64, 0));
                    image = new int[64 * 64];
                    for (int i = 0; i < image.length; i++) {
                        image[i] = argb(example.imageFormat, rig.highPages.getLe32(4L * i));
                    }
                    hotX = step.hotX;
                    hotY = step.hotY;
                    x = step.x;
                    y = step.y;
                    okCursor(GpuCommand.UPDATE_CURSOR, x, y, IMAGE, hotX, hotY);
                }
                case 2 -> {
                    image = null;
                    x = step.x;
                    y = step.y;
                    okCursor(GpuCommand.UPDATE_CURSOR, x, y, 0, 0, 0);
                }
                default -> {
                    // A frame that nobody has flushed yet must not show through.
                    rig.fillPages(random.nextLong());
                    ok(transfer(SCREEN, 0, 0, width, height, 0));
                    x = step.x;
                    y = step.y;
                    okCursor(GpuCommand.MOVE_CURSOR, x, y, 0, 0, 0);
                }
            }
            int[][] expected = new int[height][width];
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    long imageX = column - ((long) x - hotX);
                    long imageY = row - ((long) y - hotY);
                    boolean covered = image != null && imageX >= 0 && imageX < 64 && imageY >= 0 && imageY < 64;
                    int below = flushed[row][column];
                    expected[row][column] = covered ? over(image[(int) (imageY * 64 + imageX)], below) : below;
                }
            }
            assertThat(screen.argb).isDeepEqualTo(expected);
        }
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void aCursorThatIsSetBeforeTheScanoutIsShownWithItsFirstFlush() {
        rig.fillPages(3);
        makeImage(GpuFormat.B8G8R8X8);
        okCursor(GpuCommand.UPDATE_CURSOR, 5, 4, IMAGE, 0, 0);
        assertThat(screen.flushes).isZero();
        makeScreen(GpuFormat.B8G8R8X8, 10, 10);
        ok(flush(SCREEN, 0, 0, 10, 10));
        assertThat(screen.argb[4][5]).isEqualTo(rig.highPages.getLe32(0) | 0xFF00_0000);
        assertThat(screen.argb[3][5]).isEqualTo(0xFF00_0000);
    }

    @Test
    @Clause("GPU-SCANOUT-DISABLE")
    void aScanoutThatGoesOffGoesOffForTheDisplayToo() {
        makeScreen(GpuFormat.B8G8R8X8, 10, 10);
        assertThat(screen.off).isFalse();
        makeImage(GpuFormat.B8G8R8X8);
        okCursor(GpuCommand.UPDATE_CURSOR, 5, 4, IMAGE, 0, 0);
        ok(setScanout(0, 0, 0, 0, 0, 0));
        assertThat(screen.off).isTrue();
        okCursor(GpuCommand.MOVE_CURSOR, 1, 1, 0, 0, 0);
        rig.session.writeStatus(DeviceStatus.RESET);
        assertThat(rig.errors).isEmpty();
    }
}
