// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Transfers against a model that moves one byte at a time. */
final class SimGpuTransferTest {
    private static final int MAX_SIDE = 24;

    /** A transfer; numbers of any size, most of them near the edges. */
    record Copy(int x, int y, int width, int height, long offset) {}

    record Case(int width, int height, List<MemEntry> entries, List<Copy> copies, long seed) {}

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Integer> side = Arbitraries.integers().between(1, MAX_SIDE);
        return Combinators.combine(side, side).flatAs((width, height) -> {
            Arbitrary<Integer> length = Arbitraries.frequencyOf(
                    Tuple.of(8, Arbitraries.integers().between(1, 9)),
                    Tuple.of(2, Arbitraries.integers().between(0, 3 * width * 4)));
            Arbitrary<MemEntry> entry =
                    Combinators.combine(pageAddresses(), length).as(MemEntry::new);
            Arbitrary<List<MemEntry>> entries = entry.list().ofMinSize(1).ofMaxSize(200);
            Arbitrary<List<Copy>> copies =
                    copies(width, height).list().ofMinSize(1).ofMaxSize(5);
            return Combinators.combine(entries, copies, Arbitraries.longs())
                    .as((list, transfers, seed) -> new Case(width, height, list, transfers, seed));
        });
    }

    private static Arbitrary<Long> pageAddresses() {
        long boundary = GpuRig.PAGES + GpuRig.PAGES_BYTES / 2;
        // Near the border of the two regions as often as anywhere else; room for the longest entry at the end.
        return Arbitraries.oneOf(
                Arbitraries.longs().between(boundary - 20, boundary + 4),
                Arbitraries.longs().between(GpuRig.PAGES, GpuRig.PAGES + GpuRig.PAGES_BYTES - 1000));
    }

    private static Arbitrary<Copy> copies(int width, int height) {
        Arbitrary<Long> offset = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 64)),
                Tuple.of(3, Arbitraries.longs().between(0, 4L * width * height)),
                Tuple.of(1, Arbitraries.longs()));
        Arbitrary<Integer> x = Arbitraries.integers().between(0, width);
        Arbitrary<Integer> y = Arbitraries.integers().between(0, height);
        Arbitrary<Integer> extraWidth = Arbitraries.integers().between(0, width);
        Arbitrary<Integer> extraHeight = Arbitraries.integers().between(0, height);
        Arbitrary<Boolean> fullWidth = Arbitraries.of(true, false, false);
        return Combinators.combine(x, y, extraWidth, extraHeight, fullWidth, offset)
                .as((left, top, w, h, full, from) -> full
                        ? new Copy(0, Math.min(top, height - 1), width, Math.min(h, height - top), from)
                        : new Copy(left, top, w, h, from));
    }

    @Property(tries = 200)
    @Clause({"GPU-DEV-TRANSFER-2D", "GPU-DEV-ATTACH-BACKING", "GPU-COORDS"})
    void aTransferWritesItsRectangleFromScatteredPagesAndNothingElse(@ForAll("cases") Case example) {
        GpuRig rig = GpuRig.withDisplay(MAX_SIDE, MAX_SIDE);
        rig.fillPages(example.seed);
        int[][] model = new int[example.height][example.width];
        byte[] backing = backingOf(rig, example.entries);
        assertThat(rig.type(create2d(1, GpuFormat.R8G8B8A8, example.width, example.height)))
                .isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(attach(1, example.entries))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(setScanout(0, 1, 0, 0, example.width, example.height)))
                .isEqualTo(GpuResponse.OK_NODATA);

        for (Copy copy : example.copies) {
            int expected = apply(model, backing, copy) ? GpuResponse.OK_NODATA : GpuResponse.ERR_INVALID_PARAMETER;
            assertThat(rig.type(transfer(1, copy.x, copy.y, copy.width, copy.height, copy.offset)))
                    .isEqualTo(expected);
            assertThat(rig.type(flush(1, 0, 0, example.width, example.height))).isEqualTo(GpuResponse.OK_NODATA);
            assertThat(rig.scanout.lastPixels).isDeepEqualTo(model);
        }
        assertThat(rig.errors).isEmpty();
    }

    private static byte[] backingOf(GpuRig rig, List<MemEntry> entries) {
        List<Integer> bytes = new ArrayList<>();
        for (MemEntry entry : entries) {
            for (int i = 0; i < entry.lengthBytes(); i++) {
                bytes.add(rig.getPage(entry.address() + i));
            }
        }
        byte[] backing = new byte[bytes.size()];
        for (int i = 0; i < backing.length; i++) {
            backing[i] = bytes.get(i).byteValue();
        }
        return backing;
    }

    /** The specification, one byte at a time; false, and no change, if some of it lies outside. */
    private static boolean apply(int[][] pixels, byte[] backing, Copy copy) {
        if (copy.x + copy.width > pixels[0].length || copy.y + copy.height > pixels.length) {
            return false;
        }
        int stride = 4 * pixels[0].length;
        if (copy.width > 0 && copy.height > 0) {
            long last = (copy.height - 1L) * stride + 4L * copy.width - 1;
            if (copy.offset < 0 || copy.offset > backing.length || copy.offset + last >= backing.length) {
                return false;
            }
        }
        for (int row = 0; row < copy.height; row++) {
            for (int column = 0; column < copy.width; column++) {
                int at = (int) copy.offset + row * stride + 4 * column;
                int pixel = 0;
                for (int i = 0; i < 4; i++) {
                    pixel |= (backing[at + i] & 0xFF) << (8 * i);
                }
                pixels[copy.y + row][copy.x + column] = pixel;
            }
        }
        return true;
    }
}
