// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.gpu.Backing.Piece;
import io.virtio4j.gpu.Workbench.Canvas;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuFormat;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames: their pixels, their fences, their allocations. */
final class GpuFrameTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000})
    void aFrameCostsTwoFencesAndTwoCompletionsHoweverLongItTakes(long serviceTimeNanos) {
        Workbench bench = Workbench.of(SimGpuConfig.of(64, 48).withServiceTimeNanos(serviceTimeNanos));
        GpuDevice gpu = bench.open();
        Canvas canvas = bench.canvas(gpu, 64, 48);
        for (int i = 0; i < 20; i++) {
            int[][] drawn = bench.draw(canvas, i);
            QueueStats before = gpu.controlStats();

            gpu.frame(canvas.resource(), 0, 0, 64, 48);

            QueueStats frame = gpu.controlStats().minus(before);
            assertThat(frame.get(QueueCounter.POLL_FENCES)).isEqualTo(2);
            assertThat(frame.get(QueueCounter.COMPLETIONS)).isEqualTo(2);
            assertThat(frame.get(QueueCounter.RMB)).isEqualTo(2);
            assertThat(frame.get(QueueCounter.WMB)).isEqualTo(2);
            assertThat(frame.get(QueueCounter.MB)).isEqualTo(2);
            assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
        }
    }

    @Test
    void aWaitOfManySlicesSpinsInAllOfThem() {
        Workbench bench = Workbench.of(SimGpuConfig.of(8, 8).withServiceTimeNanos(TimeUnit.MILLISECONDS.toNanos(20)));
        GpuDevice gpu = bench.open();
        Canvas canvas = bench.canvas(gpu, 8, 8);
        QueueStats before = gpu.controlStats();
        gpu.frame(canvas.resource(), 0, 0, 8, 8);
        QueueStats frame = gpu.controlStats().minus(before);
        assertThat(frame.get(QueueCounter.SPINS)).isGreaterThan(200);
        assertThat(frame.get(QueueCounter.POLL_FENCES)).isEqualTo(2);
    }

    @Test
    void withBaselineBarriersEverySpinHasAFenceAndThePixelsAreTheSame() {
        Workbench bench = Workbench.of(SimGpuConfig.of(32, 32).withServiceTimeNanos(200_000));
        GpuDevice gpu = bench.open(bench.options.withBarriers(BarrierPolicy.BASELINE));
        Canvas canvas = bench.canvas(gpu, 32, 32);
        for (int i = 0; i < 20; i++) {
            int[][] drawn = bench.draw(canvas, i);
            QueueStats before = gpu.controlStats();
            gpu.frame(canvas.resource(), 0, 0, 32, 32);
            QueueStats frame = gpu.controlStats().minus(before);
            assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
            assertThat(frame.get(QueueCounter.COMPLETIONS)).isEqualTo(2);
            // One for each look, found or not, and the one that guards what was found.
            assertThat(frame.get(QueueCounter.POLL_FENCES)).isGreaterThan(frame.get(QueueCounter.SPINS) + 2);
        }
    }

    @ParameterizedTest
    @EnumSource(BarrierPolicy.class)
    void aFrameAllocatesNothing(BarrierPolicy barriers) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Workbench bench = Workbench.withDisplay(64, 64);
        bench.screen.quiet = true;
        GpuDevice gpu = bench.open(bench.options.withBarriers(barriers));
        Canvas canvas = bench.canvas(gpu, 64, 64);
        long thread = Thread.currentThread().getId();
        // Warm until a batch allocates nothing: what the JVM itself allocates on the way there is none of ours.
        long allocated = Long.MAX_VALUE;
        for (int batch = 0; batch < 50 && allocated > 0; batch++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                gpu.frame(canvas.resource(), i & 31, 0, 32, 64);
            }
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        assertThat(allocated)
                .as("bytes allocated in 1000 frames, driver and device")
                .isZero();
    }

    @Test
    void ringIndicesRunPast65535() {
        Workbench bench = Workbench.withDisplay(16, 16);
        bench.screen.quiet = true;
        GpuDevice gpu = bench.open();
        Canvas canvas = bench.canvas(gpu, 16, 16);
        QueueStats before = gpu.controlStats();
        for (int i = 0; i < 35_100; i++) {
            bench.memory.putLe32(canvas.pixels().offset(), i);
            gpu.frame(canvas.resource(), 0, 0, 1, 1);
            if (bench.screen.pixels[0][0] != i) {
                assertThat(bench.screen.pixels[0][0]).isEqualTo(i);
            }
        }
        QueueStats all = gpu.controlStats().minus(before);
        assertThat(all.get(QueueCounter.COMPLETIONS)).isEqualTo(70_200);
        assertThat(all.get(QueueCounter.POLL_FENCES)).isEqualTo(70_200);
    }

    @Property(tries = 100)
    @Clause({"GPU-DEV-TRANSFER-2D", "GPU-DEV-ATTACH-BACKING", "GPU-DEV-FLUSH", "GPU-COORDS"})
    void theScreenShowsEveryRectangleThatWasDrawnAndNothingElse(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 200) int maxPieceBytes,
            @ForAll BarrierPolicy barriers,
            @ForAll Random random) {
        Workbench bench = Workbench.withDisplay(width, height);
        GpuDevice gpu = bench.open(bench.options.withBarriers(barriers));
        Resource resource = gpu.createResource(GpuFormat.X8R8G8B8, width, height);
        DmaBuffer pool = bench.arena.allocate(8L * width * height + 512, 1);
        List<Piece> pieces = scatter(pool, 4L * width * height, maxPieceBytes, random);
        gpu.attachBacking(resource, Backing.ofPieces(pieces));
        gpu.setScanout(0, resource);
        int[][] model = new int[height][width];

        for (int frame = 0; frame < 8; frame++) {
            int x = random.nextInt(width);
            int y = random.nextInt(height);
            int w = 1 + random.nextInt(width - x);
            int h = 1 + random.nextInt(height - y);
            byte[] image = new byte[4 * width * height];
            random.nextBytes(image);
            write(bench, pieces, image);
            for (int row = y; row < y + h; row++) {
                for (int column = x; column < x + w; column++) {
                    model[row][column] = ScriptedGpu.le32(image, 4 * (row * width + column));
                }
            }

            gpu.frame(resource, x, y, w, h);

            assertThat(bench.screen.pixels).isDeepEqualTo(model);
        }
    }

    /** Pieces with gaps between them, in no order. */
    private static List<Piece> scatter(DmaBuffer pool, long lengthBytes, int maxPieceBytes, Random random) {
        List<Piece> pieces = new ArrayList<>();
        long at = pool.guestAddress();
        long left = lengthBytes;
        while (left > 0) {
            int piece = (int) Math.min(left, 1 + random.nextInt(maxPieceBytes));
            pieces.add(new Piece(at, piece));
            at += piece + random.nextInt(Math.min(piece, 3) + 1);
            left -= piece;
        }
        Collections.shuffle(pieces, random);
        return pieces;
    }

    private static void write(Workbench bench, List<Piece> pieces, byte[] image) {
        int done = 0;
        for (Piece piece : pieces) {
            long offset = piece.guestAddress() - bench.memory.guestAddress();
            bench.memory.putBytes(offset, image, done, (int) piece.lengthBytes());
            done += (int) piece.lengthBytes();
        }
    }
}
