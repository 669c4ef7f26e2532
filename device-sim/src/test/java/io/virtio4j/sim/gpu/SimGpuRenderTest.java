// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.createBlob;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.setScanoutBlob;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.sim.gpu.Messages.Picture;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
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

/**
 * What a display has seen, pixel by pixel, against a renderer that knows bytes only: every format, odd sizes, rectangles at
 * the edges, backings in pieces of one byte to one MiB.
 */
final class SimGpuRenderTest {
    private static final int PAGES_BYTES = 4 << 20;
    private static final int MAX_ENTRY_BYTES = 1 << 20;
    private static final int MAX_SIDE = 97;

    /** Which pixels a step touches, each number a share of what there is. */
    record Part(double left, double top, double right, double bottom) {
        int x(int width) {
            return (int) Math.round(Math.min(left, right) * (width - 1));
        }

        int y(int height) {
            return (int) Math.round(Math.min(top, bottom) * (height - 1));
        }

        int width(int width) {
            return (int) Math.round(Math.max(left, right) * (width - 1)) - x(width) + 1;
        }

        int height(int height) {
            return (int) Math.round(Math.max(top, bottom) * (height - 1)) - y(height) + 1;
        }
    }

    /** The driver draws, transfers (what it does not do for a blob) and flushes. */
    record Step(Part transferred, Part flushed) {}

    record Case(GpuFormat format, int width, int height, List<Integer> entryBytes, List<Step> steps, long seed) {}

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Integer> side = Arbitraries.integers().between(1, MAX_SIDE);
        // A backing is its list again and again, so one of single bytes stays small enough to be sent.
        Arbitrary<List<Integer>> entries = Arbitraries.frequencyOf(
                        Tuple.of(4, Arbitraries.integers().between(1, 9)),
                        Tuple.of(3, Arbitraries.integers().between(10, 4097)),
                        Tuple.of(1, Arbitraries.integers().between(4098, MAX_ENTRY_BYTES)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
        // An edge as often as any place between.
        Arbitrary<Double> share = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0.0)),
                Tuple.of(1, Arbitraries.just(1.0)),
                Tuple.of(2, Arbitraries.doubles().between(0, 1)));
        Arbitrary<Part> part = Combinators.combine(share, share, share, share).as(Part::new);
        Arbitrary<List<Step>> steps = Combinators.combine(part, part)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
        return Combinators.combine(Arbitraries.of(GpuFormat.class), side, side, entries, steps, Arbitraries.longs())
                .as(Case::new);
    }

    /** A display that keeps what it has seen. */
    private static final class Screen implements Scanout {
        private int[] argb = {};
        private int width;

        @Override
        public void enabled(int scanoutId, PixelView view) {
            width = view.width();
            argb = new int[width * view.height()];
        }

        @Override
        public void flushed(int scanoutId, PixelView view, int x, int y, int w, int h) {
            for (int line = y; line < y + h; line++) {
                view.readArgb(x, line, argb, line * width + x, w);
            }
        }
    }

    /** The guest's pages as one run of bytes, however the entries cut them. */
    private static final class Pages {
        private final GpuRig rig;
        private final List<MemEntry> entries = new ArrayList<>();
        private final long[] addresses;

        /** At most as many entries as one request has room for; a last one takes what is left. */
        Pages(GpuRig rig, int lengthBytes, Case example) {
            this.rig = rig;
            addresses = new long[lengthBytes];
            Random random = new Random(example.seed);
            int most = 4000;
            for (int done = 0; done < lengthBytes; ) {
                int next = example.entryBytes.get(entries.size() % example.entryBytes.size());
                int bytes = entries.size() < most ? next : lengthBytes - done;
                long address = GpuRig.PAGES + random.nextInt(PAGES_BYTES - bytes + 1);
                entries.add(new MemEntry(address, bytes));
                for (int i = 0; i < bytes && done < lengthBytes; i++) {
                    addresses[done++] = address + i;
                }
            }
        }

        int u8(long offset) {
            return rig.getPage(addresses[(int) offset]);
        }

        /** The driver draws: some bytes change, wherever they lie. */
        void scribble(Random random) {
            for (int i = 0; i < addresses.length; i++) {
                long address = addresses[i];
                SharedMemory region = address < rig.highPages.guestAddress() ? rig.lowPages : rig.highPages;
                region.putByte(address - region.guestAddress(), random.nextInt(256));
            }
        }

        /** Reads a pixel by the letters of its format's name, which are the order of its bytes. */
        int argb(GpuFormat format, long offset) {
            int alpha = 0xFF;
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int i = 0; i < 4; i++) {
                int value = u8(offset + i);
                switch (format.name().charAt(2 * i)) {
                    case 'A' -> alpha = value;
                    case 'R' -> red = value;
                    case 'G' -> green = value;
                    case 'B' -> blue = value;
                    default -> {
                        // X has no meaning.
                    }
                }
            }
            return alpha << 24 | red << 16 | green << 8 | blue;
        }
    }

    private static void ok(GpuRig rig, byte[] request) {
        assertThat(GpuResponse.nameOf(rig.type(request))).isEqualTo("OK_NODATA");
    }

    @Property(tries = 150)
    @Clause({"GPU-DEV-TRANSFER-2D", "GPU-DEV-FLUSH", "GPU-DEV-ATTACH-BACKING", "GPU-COORDS"})
    void aResourceShowsWhatWasTransferredAndFlushed(@ForAll("cases") Case example) {
        Screen screen = new Screen();
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8), screen, Features.NONE, PAGES_BYTES);
        int width = example.width;
        int height = example.height;
        Pages pages = new Pages(rig, width * height * 4, example);
        ok(rig, create2d(1, example.format, width, height));
        ok(rig, attach(1, pages.entries));
        ok(rig, setScanout(0, 1, 0, 0, width, height));
        int opaque = example.format.alphaShift() == GpuFormat.NO_ALPHA ? 0xFF00_0000 : 0;
        int[] resource = new int[width * height];
        Arrays.fill(resource, opaque);
        int[] expected = new int[width * height];
        Random random = new Random(~example.seed);

        for (Step step : example.steps) {
            pages.scribble(random);
            Part from = step.transferred;
            int x = from.x(width);
            int y = from.y(height);
            ok(rig, transfer(1, x, y, from.width(width), from.height(height), 4L * (y * width + x)));
            for (int row = y; row < y + from.height(height); row++) {
                for (int column = x; column < x + from.width(width); column++) {
                    resource[row * width + column] = pages.argb(example.format, 4L * (row * width + column));
                }
            }
            Part to = step.flushed;
            ok(rig, flush(1, to.x(width), to.y(height), to.width(width), to.height(height)));
            for (int row = to.y(height); row < to.y(height) + to.height(height); row++) {
                int at = row * width + to.x(width);
                System.arraycopy(resource, at, expected, at, to.width(width));
            }
            assertThat(screen.argb).isEqualTo(expected);
        }
        assertThat(rig.errors).isEmpty();
    }

    @Property(tries = 150)
    @Clause({"GPU-SCANOUT-BLOB-RECT", "GPU-DRV-SCANOUT-BLOB-FORMAT", "GPU-DEV-FLUSH", "GPU-COORDS"})
    void aBlobShowsWhatIsInThePagesWhenItIsFlushed(@ForAll("cases") Case example, @ForAll("shown") Part shown) {
        Screen screen = new Screen();
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8), screen, Features.of(GpuFeatureBits.RESOURCE_BLOB), PAGES_BYTES);
        Random random = new Random(~example.seed);
        int stride = example.width * 4 + random.nextInt(9);
        int offset = random.nextInt(20);
        int bytes = offset + stride * (example.height - 1) + 4 * example.width;
        Pages pages = new Pages(rig, bytes, example);
        ok(rig, createBlob(1, 1, 0, bytes, pages.entries));
        int left = shown.x(example.width);
        int top = shown.y(example.height);
        int width = shown.width(example.width);
        int height = shown.height(example.height);
        Picture picture = new Picture(example.width, example.height, example.format.code(), stride, offset);
        ok(rig, setScanoutBlob(0, 1, left, top, width, height, picture));
        int[] expected = new int[width * height];

        for (Step step : example.steps) {
            pages.scribble(random);
            Part part = step.flushed;
            int x = part.x(example.width);
            int y = part.y(example.height);
            ok(rig, flush(1, x, y, part.width(example.width), part.height(example.height)));
            for (int row = Math.max(y, top); row < Math.min(y + part.height(example.height), top + height); row++) {
                for (int column = Math.max(x, left);
                        column < Math.min(x + part.width(example.width), left + width);
                        column++) {
                    expected[(row - top) * width + column - left] =
                            pages.argb(example.format, offset + (long) row * stride + 4L * column);
                }
            }
            assertThat(screen.argb).isEqualTo(expected);
        }
        assertThat(rig.errors).isEmpty();
    }

    @Provide
    Arbitrary<Part> shown() {
        Arbitrary<Double> share = Arbitraries.oneOf(
                Arbitraries.just(0.0),
                Arbitraries.just(1.0),
                Arbitraries.doubles().between(0, 1));
        return Combinators.combine(share, share, share, share).as(Part::new);
    }
}
