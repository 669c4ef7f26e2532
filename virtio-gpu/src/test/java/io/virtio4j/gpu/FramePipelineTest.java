// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
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

/** Frames that overlap, and frames of several rectangles. */
final class FramePipelineTest {
    private static final int SIDE = 16;
    private static final int IMAGE_BYTES = 4 * SIDE * SIDE;
    private static final Features SPLIT = DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED);

    private Workbench bench;
    private GpuDevice gpu;
    private Resource resource;
    private DmaBuffer pixels;

    private FramePipeline open(SimGpuConfig config, GpuOptionsChange change, int images) {
        bench = Workbench.of(config);
        return open(change, images);
    }

    private FramePipeline open(GpuOptionsChange change, int images) {
        gpu = bench.open(change.of(bench.options));
        resource = gpu.createResource(GpuFormat.B8G8R8X8, SIDE, SIDE);
        pixels = bench.arena.allocate((long) images * IMAGE_BYTES, 4096);
        gpu.attachBacking(resource, Backing.ofBuffers(pixels));
        gpu.setScanout(0, resource);
        return gpu.frames(resource, images);
    }

    private interface GpuOptionsChange {
        GpuOptions of(GpuOptions options);
    }

    private void fill(FramePipeline frames, int image, int value) {
        int[] row = new int[SIDE];
        Arrays.fill(row, value);
        for (int y = 0; y < SIDE; y++) {
            bench.memory.putLe32s(pixels.offset() + frames.backingOffset(image) + 4L * SIDE * y, row, 0, SIDE);
        }
    }

    private void assertScreenIs(int value) {
        for (int[] row : bench.screen.pixels) {
            assertThat(row).hasSize(SIDE).containsOnly(value);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transferAndFlushAreOfferedTogetherWithOneKick(boolean packed) {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> packed ? o : o.withRingFeatures(SPLIT), 2);
        for (int i = 0; i < 20; i++) {
            fill(frames, frames.next(), i);
            QueueStats before = gpu.controlStats();
            int kicks = bench.transport.kicks;

            frames.show(0, 0, SIDE, SIDE);

            assertThat(frames.inFlight()).isEqualTo(1);
            QueueStats shown = gpu.controlStats().minus(before);
            assertThat(shown.get(QueueCounter.WMB)).isEqualTo(1);
            assertThat(shown.get(QueueCounter.MB)).isEqualTo(1);
            assertThat(bench.transport.kicks - kicks).isLessThanOrEqualTo(1);
            assertThat(shown.get(QueueCounter.COMPLETIONS)).isZero();
            frames.drain();
            QueueStats frame = gpu.controlStats().minus(before);
            assertThat(frame.get(QueueCounter.COMPLETIONS)).isEqualTo(2);
            assertThat(frame.get(QueueCounter.POLL_FENCES))
                    .as("a split ring shows both with one index")
                    .isEqualTo(packed ? 2 : 1);
            assertScreenIs(i);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 300_000})
    void aFrameCostsAtMostTwoFencesHoweverLongItTakes(long serviceTimeNanos) {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE).withServiceTimeNanos(serviceTimeNanos), o -> o, 2);
        QueueStats before = gpu.controlStats();
        for (int i = 0; i < 30; i++) {
            fill(frames, frames.next(), i);
            frames.show(0, 0, SIDE, SIDE);
        }
        frames.drain();
        QueueStats all = gpu.controlStats().minus(before);
        assertThat(all.get(QueueCounter.COMPLETIONS)).isEqualTo(60);
        assertThat(all.get(QueueCounter.POLL_FENCES)).isLessThanOrEqualTo(60);
        assertScreenIs(29);
    }

    @Test
    @Clause("GPU-DEV-FENCE-COMPLETE-FIRST")
    void anImageIsHandedOutAgainOnlyWhenTheDeviceIsDoneWithIt() {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> o, 3);
        bench.transport.running = false;
        for (int i = 0; i < 3; i++) {
            assertThat(frames.next()).isEqualTo(i);
            fill(frames, i, i + 1);
            frames.show(0, 0, SIDE, SIDE);
        }
        assertThat(frames.inFlight()).isEqualTo(3);
        assertThat(bench.screen.flushes).isZero();
        bench.transport.running = true;

        assertThat(frames.next()).isZero();

        assertThat(bench.screen.flushes).isGreaterThanOrEqualTo(1);
        frames.drain();
        assertThat(frames.inFlight()).isZero();
        assertThat(bench.screen.flushes).isEqualTo(3);
        assertScreenIs(3);
    }

    @Property(tries = 60)
    @Clause({"GPU-DEV-TRANSFER-2D", "GPU-DEV-FLUSH"})
    void theScreenShowsAllThatWasDamagedAndNothingElse(
            @ForAll @IntRange(min = 1, max = 3) int images,
            @ForAll @IntRange(min = 1, max = 40) int maxRectangles,
            @ForAll boolean packed,
            @ForAll boolean slow,
            @ForAll Random random) {
        SimGpuConfig config = SimGpuConfig.of(SIDE, SIDE).withServiceTimeNanos(slow ? 1_000 : 0);
        FramePipeline frames = open(config, o -> packed ? o : o.withRingFeatures(SPLIT), images);
        Damage damage = new Damage(maxRectangles);
        int[][] model = new int[SIDE][SIDE];
        for (int frame = 0; frame < 12; frame++) {
            int image = frames.next();
            damage.clear();
            for (int i = random.nextInt(30); i > 0; i--) {
                int x = random.nextInt(SIDE);
                int y = random.nextInt(SIDE);
                damage.add(x, y, 1 + random.nextInt(Math.min(4, SIDE - x)), 1 + random.nextInt(Math.min(4, SIDE - y)));
            }
            // All of the image changes, and what is not damage must not be seen.
            int[][] drawn = new int[SIDE][];
            for (int y = 0; y < SIDE; y++) {
                drawn[y] = random.ints(SIDE).toArray();
                long row = pixels.offset() + frames.backingOffset(image) + 4L * SIDE * y;
                bench.memory.putLe32s(row, drawn[y], 0, SIDE);
            }
            for (int i = 0; i < damage.count(); i++) {
                for (int y = damage.y(i); y < damage.y(i) + damage.height(i); y++) {
                    System.arraycopy(drawn[y], damage.x(i), model[y], damage.x(i), damage.width(i));
                }
            }
            frames.show(damage);
        }
        frames.drain();
        assertThat(bench.screen.pixels).isDeepEqualTo(model);
    }

    @Test
    void aFrameOfSeveralRectanglesIsOneKickAndOneFlushOfTheirBounds() {
        open(SimGpuConfig.of(SIDE, SIDE), o -> o.withRingFeatures(SPLIT), 1);
        Damage damage = new Damage(4).add(0, 0, 2, 2).add(10, 12, 3, 3);
        QueueStats before = gpu.controlStats();
        int kicks = bench.transport.kicks;

        gpu.frame(resource, damage);

        QueueStats frame = gpu.controlStats().minus(before);
        assertThat(frame.get(QueueCounter.COMPLETIONS)).isEqualTo(3);
        assertThat(frame.get(QueueCounter.WMB)).isEqualTo(1);
        assertThat(frame.get(QueueCounter.POLL_FENCES)).isEqualTo(1);
        assertThat(bench.transport.kicks - kicks).isLessThanOrEqualTo(1);
        assertThat(bench.screen.events).last().isEqualTo("flushed 0 13x15 at 0,0");

        before = gpu.controlStats();
        gpu.frame(resource, new Damage(1));
        assertThat(gpu.controlStats().minus(before).get(QueueCounter.COMPLETIONS))
                .as("nothing has changed")
                .isZero();
    }

    @Test
    void aFrameOfMoreRectanglesThanThereIsRoomForIsShownAllTheSame() {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> o.withQueueSize(4), 2);
        Damage damage = new Damage(64);
        for (int y = 0; y < SIDE; y += 2) {
            for (int x = 0; x < SIDE; x += 2) {
                damage.add(x, y, 1, 1);
            }
        }
        assertThat(damage.count()).isEqualTo(64);
        fill(frames, frames.next(), 7);
        frames.show(damage);
        frames.drain();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                assertThat(bench.screen.pixels[y][x]).isEqualTo(x % 2 == 0 && y % 2 == 0 ? 7 : 0);
            }
        }
    }

    @Test
    void otherCommandsMayComeBetweenFramesInFlight() {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> o, 2);
        bench.transport.running = false;
        fill(frames, frames.next(), 5);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.running = true;
        Resource other = gpu.createResource(GpuFormat.B8G8R8X8, 1, 1);
        assertThat(frames.inFlight()).as("its answers came first").isZero();
        assertScreenIs(5);
        gpu.unref(other);
        frames.drain();
    }

    @Test
    void theMemoryOfFramesInFlightIsLetGoOnlyWhenTheyHaveEnded() {
        ScriptedGpu device = new ScriptedGpu();
        bench = new Workbench(device);
        FramePipeline frames = open(o -> o, 2);
        bench.transport.running = false;
        frames.show(0, 0, SIDE, SIDE);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.running = true;
        device.requests.clear();

        gpu.unref(resource);

        assertThat(device.types())
                .containsExactly(
                        GpuCommand.TRANSFER_TO_HOST_2D,
                        GpuCommand.RESOURCE_FLUSH,
                        GpuCommand.TRANSFER_TO_HOST_2D,
                        GpuCommand.RESOURCE_FLUSH,
                        GpuCommand.RESOURCE_UNREF);
        List<Long> fences = device.requests.stream()
                .map(request -> ScriptedGpu.le64(request, 8))
                .toList();
        assertThat(fences).isSorted().doesNotHaveDuplicates();
        assertThat(ScriptedGpu.le64(device.requests.get(2), 40))
                .as("the second image of the backing")
                .isEqualTo(IMAGE_BYTES);
        assertThat(pixels.isPinned()).isFalse();
        assertThatThrownBy(frames::next).hasMessageContaining("given back");
        assertThatThrownBy(() -> frames.show(0, 0, 1, 1)).hasMessageContaining("given back");
        assertThatThrownBy(frames::drain).hasMessageContaining("given back");
    }

    @Test
    void aFrameThatFailsIsToldOfWhenItIsWaitedForAndTheNextIsRight() {
        ScriptedGpu device = new ScriptedGpu();
        bench = new Workbench(device);
        FramePipeline frames = open(o -> o, 2);
        device.answer = right -> right.putInt(0, GpuResponse.ERR_OUT_OF_MEMORY);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.service();
        device.answer = right -> right;
        frames.show(0, 0, SIDE, SIDE);
        assertThatThrownBy(frames::next)
                .isInstanceOf(GpuCommandException.class)
                .hasMessage("the device answered TRANSFER_TO_HOST_2D with ERR_OUT_OF_MEMORY");
        assertThat(frames.next()).as("told once").isZero();
        frames.drain();
    }

    @Test
    void aFrameWhoseFailureCameWithAnotherCommandsAnswerIsToldOfAllTheSame() {
        ScriptedGpu device = new ScriptedGpu();
        bench = new Workbench(device);
        FramePipeline frames = open(o -> o, 2);
        device.answer = right -> right.putInt(0, GpuResponse.ERR_OUT_OF_MEMORY);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.service();
        device.answer = right -> right;
        gpu.flush(resource, 0, 0, SIDE, SIDE);
        assertThat(frames.inFlight()).isZero();
        assertThatThrownBy(frames::drain).isInstanceOf(GpuCommandException.class);
        frames.drain();
    }

    @Test
    void ofSeveralFramesThatFailTheOldestIsTold() {
        ScriptedGpu device = new ScriptedGpu();
        bench = new Workbench(device);
        FramePipeline frames = open(o -> o, 2);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.service();
        device.answer = right -> right.putInt(0, GpuResponse.ERR_OUT_OF_MEMORY);
        frames.show(0, 0, SIDE, SIDE);
        bench.transport.service();
        device.answer = right -> right.putInt(0, GpuResponse.ERR_UNSPEC);
        frames.show(0, 0, SIDE, SIDE);
        assertThatThrownBy(frames::drain)
                .isInstanceOf(GpuCommandException.class)
                .hasMessageContaining("OUT_OF_MEMORY");
        frames.drain();
    }

    @Test
    void ofAFrameThatTimesOutWhileItIsOfferedNothingIsLeft() {
        FramePipeline frames = open(
                SimGpuConfig.of(SIDE, SIDE),
                o -> o.withQueueSize(4).withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(2)),
                2);
        bench.transport.running = false;
        Damage more = new Damage(3).add(0, 0, 1, 1).add(4, 4, 1, 1).add(8, 8, 1, 1);
        assertThatThrownBy(() -> frames.show(more)).isInstanceOf(GpuTimeoutException.class);
        assertThat(frames.inFlight()).isZero();
        bench.transport.running = true;
        bench.transport.service();
        fill(frames, frames.next(), 9);
        frames.show(0, 0, SIDE, SIDE);
        frames.drain();
        assertScreenIs(9);
    }

    @Test
    void aFrameThatIsNotAnsweredTimesOutAndItsLateAnswersAreSorted() {
        FramePipeline frames =
                open(SimGpuConfig.of(SIDE, SIDE), o -> o.withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(2)), 2);
        bench.transport.running = false;
        fill(frames, frames.next(), 1);
        frames.show(0, 0, SIDE, SIDE);
        assertThatThrownBy(frames::drain)
                .isInstanceOf(GpuTimeoutException.class)
                .hasMessageContaining("RESOURCE_FLUSH");
        assertThat(frames.inFlight()).isZero();
        bench.transport.running = true;
        for (int i = 2; i < 40; i++) {
            fill(frames, frames.next(), i);
            frames.show(0, 0, SIDE, SIDE);
        }
        frames.drain();
        assertScreenIs(39);
        assertThat(bench.screen.flushes).isEqualTo(39);
    }

    @Test
    void misuseIsRefusedBeforeAnythingIsSent() {
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> o, 2);
        Damage reachesOut = new Damage(2).add(0, 0, 1, 1).add(SIDE, 0, 1, 1);
        long sent = gpu.controlStats().get(QueueCounter.COMPLETIONS);
        assertThatThrownBy(() -> frames.show(reachesOut)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gpu.frame(resource, reachesOut)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gpu.frames(resource, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gpu.frames(resource, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frames.backingOffset(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(frames.inFlight()).isZero();
        assertThat(frames.next()).as("the image was not shown").isZero();
        assertThat(gpu.controlStats().get(QueueCounter.COMPLETIONS)).isEqualTo(sent);
        gpu.close();
        assertThatThrownBy(frames::next).hasMessageContaining("closed");
    }

    @ParameterizedTest
    @EnumSource(BarrierPolicy.class)
    void nothingIsAllocated(BarrierPolicy barriers) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FramePipeline frames = open(SimGpuConfig.of(SIDE, SIDE), o -> o.withBarriers(barriers), 2);
        bench.screen.quiet = true;
        Damage damage = new Damage(3);
        long thread = Thread.currentThread().getId();
        long allocated = Long.MAX_VALUE;
        for (int batch = 0; batch < 50 && allocated > 0; batch++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                frames.next();
                damage.clear();
                damage.add(i & 7, 0, 3, 3).add(8, i & 7, 2, 2).add(1, 12, 1, 1).add(9, 12, 2, 2);
                frames.show(damage);
            }
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        assertThat(allocated).isZero();
    }
}
