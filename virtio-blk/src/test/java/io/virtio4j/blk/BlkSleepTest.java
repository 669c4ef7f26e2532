// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Waits that sleep until the device calls. The idle strategy here never parks: a driver's thread that is parked is one that
 * sleeps for a call.
 */
final class BlkSleepTest {
    private static final Features FEATURES = Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.DISCARD);
    private static final IdleStrategy NEVER_PARKS = new BusySpinIdleStrategy();
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int LOOKS_BEFORE_SLEEP = 128;

    private final List<Thread> threads = new ArrayList<>();

    private static BlkDevice open(Rig rig) {
        return rig.open(options(rig));
    }

    private static BlkOptions options(Rig rig) {
        return rig.options().withIdle(NEVER_PARKS).withSleep(true);
    }

    /** Does something on a thread of its own, and returns when that thread sleeps. */
    private <T> FutureTask<T> asleep(Callable<T> work) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "driver");
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).as("the driver's thread goes on").isTrue();
            assertThat(System.nanoTime() - deadlineNanos)
                    .as("a driver that looks and never sleeps")
                    .isNegative();
            Thread.sleep(1);
        }
        return task;
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        return task.get(1, TimeUnit.MINUTES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBlockingCallSleepsUntilADeviceThatIsLateAnswers(boolean packed) throws Exception {
        ScriptedBlk late = new ScriptedBlk(FEATURES, request -> BlkStatus.OK);
        Features ring = DriverSpec.RING_FEATURES;
        try (Rig rig = new Rig(late);
                BlkDevice disk = rig.open(
                        options(rig).withRingFeatures(packed ? ring : ring.without(FeatureBits.RING_PACKED)))) {
            DmaBuffer buffer = rig.buffer(512);
            for (int round = 0; round < 3; round++) {
                late.holdNow();
                long spins = disk.counters().get(QueueCounter.SPINS);
                FutureTask<Boolean> read = asleep(() -> {
                    disk.read(1, buffer);
                    return buffer.isPinned();
                });
                late.hold(false);
                assertThat(get(read)).isFalse();
                assertThat(disk.counters().get(QueueCounter.SPINS) - spins).isLessThanOrEqualTo(LOOKS_BEFORE_SLEEP);
            }
            assertThat(late.seen).hasSize(3);
        }
    }

    @Test
    void awaitSleepsUntilAnyOfTheSubmittedRequestsIsDone() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FEATURES, request -> BlkStatus.OK);
        try (Rig rig = new Rig(late);
                BlkDevice disk = open(rig)) {
            BlkData data = new BlkData().add(rig.buffer(512));
            List<Long> done = new ArrayList<>();
            late.holdNow();
            for (int i = 0; i < 5; i++) {
                assertThat(disk.submitWrite(i, data, i)).isEqualTo(BlkRequests.SUBMITTED);
            }
            FutureTask<Integer> all = asleep(() -> {
                while (disk.await((token, status) -> done.add(token + status)) > 0) {
                    assertThat(done).hasSizeLessThanOrEqualTo(5);
                }
                return done.size();
            });
            late.hold(false);
            assertThat(get(all)).isEqualTo(5);
            assertThat(done).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
        }
    }

    /** Two hundred and more requests through a queue that holds few: room comes only with what comes back. */
    @Test
    void aLongOperationIsSentOnAsRoomComesWhileItsThreadSleeps() throws Exception {
        ScriptedBlk late = new ScriptedBlk(
                        FEATURES.with(BlkFeatureBits.SIZE_MAX).with(BlkFeatureBits.SEG_MAX), request -> BlkStatus.OK)
                .with(BlkConfigLayout.SIZE_MAX, 512)
                .with(BlkConfigLayout.SEG_MAX, 1);
        DataBlk bytes = new DataBlk(ScriptedBlk.CAPACITY_SECTORS);
        late.data = bytes::serve;
        try (Rig rig = new Rig(late);
                BlkDevice disk = rig.open(options(rig).withQueueSize(8))) {
            byte[] written = Rig.pattern(200 * 512, 1);
            DmaBuffer buffer = rig.buffer(written);
            late.holdNow();
            FutureTask<Boolean> write = asleep(() -> {
                disk.write(0, buffer);
                return true;
            });
            late.hold(false);
            assertThat(get(write)).isTrue();
            assertThat(bytes.disk).startsWith(written);
        }
    }

    @Test
    void aSleepEndsWhenTheRequestIsOverdue() throws Exception {
        try (Rig rig = new Rig(new ScriptedBlk(FEATURES, request -> ScriptedBlk.SILENCE));
                BlkDevice disk = rig.open(options(rig).withTimeoutNanos(SHORT_NANOS))) {
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> disk.read(0, buffer)).isInstanceOf(BlkTimeoutException.class);
            assertThat(disk.submitRead(0, new BlkData().add(buffer), 3)).isEqualTo(BlkRequests.SUBMITTED);
            List<String> outcomes = new ArrayList<>();
            assertThat(disk.await((token, status) -> outcomes.add(token + ":" + status)))
                    .isEqualTo(1);
            assertThat(outcomes).containsExactly("3:" + BlkRequests.TIMED_OUT);
            assertThat(disk.counters().get(QueueCounter.SPINS)).isLessThanOrEqualTo(2 * LOOKS_BEFORE_SLEEP);
            assertThat(rig.driverErrors).hasSize(2);
        }
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatFailsEndsTheSleep() throws Exception {
        ScriptedBlk failing = new ScriptedBlk(FEATURES, request -> {
            throw new IllegalStateException("out of order");
        });
        try (Rig rig = new Rig(failing)) {
            BlkDevice disk = open(rig);
            failing.holdNow();
            DmaBuffer buffer = rig.buffer(512);
            FutureTask<Throwable> read = asleep(() -> catchThrowable(() -> disk.read(0, buffer)));
            failing.hold(false);
            assertThat(get(read)).isInstanceOf(BlkDeviceException.class).hasMessageContaining("needs a reset");
            assertThat(disk.await((token, status) -> {})).isEqualTo(BlkRequests.BROKEN);
            disk.close();
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    void aChangeOfTheDisksSizeIsNoAnswer() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FEATURES, request -> BlkStatus.OK);
        try (Rig rig = new Rig(late);
                BlkDevice disk = open(rig)) {
            late.holdNow();
            FutureTask<Boolean> flush = asleep(() -> {
                disk.flush();
                return true;
            });
            int before = rig.transport.configGeneration();
            late.resize(2000);
            long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (rig.transport.configGeneration() == before && System.nanoTime() - deadlineNanos < 0) {
                Thread.sleep(1);
            }
            assertThat(flush.isDone()).isFalse();
            late.hold(false);
            assertThat(get(flush)).isTrue();
            assertThat(disk.capacitySectors()).isEqualTo(2000);
        }
    }

    @Test
    void anInterruptEndsTheSleepButNotTheWait() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FEATURES, request -> BlkStatus.OK);
        try (Rig rig = new Rig(late);
                BlkDevice disk = open(rig)) {
            DmaBuffer buffer = rig.buffer(512);
            late.holdNow();
            FutureTask<Boolean> read = asleep(() -> {
                disk.read(0, buffer);
                return Thread.currentThread().isInterrupted();
            });
            threads.get(0).interrupt();
            long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (disk.counters().get(QueueCounter.SPINS) <= 2 * LOOKS_BEFORE_SLEEP
                    && System.nanoTime() - deadlineNanos < 0) {
                Thread.sleep(1);
            }
            assertThat(read.isDone()).isFalse();
            late.hold(false);
            assertThat(get(read)).as("still interrupted").isTrue();
        }
    }

    @Test
    void afterAResetOfTheQueueOrTheDeviceWaitsSleepAgain() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FEATURES, request -> BlkStatus.OK);
        Features ring = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);
        try (Rig rig = new Rig(late);
                BlkDevice disk = rig.open(options(rig).withRingFeatures(ring))) {
            DmaBuffer buffer = rig.buffer(512);
            for (int round = 0; round < 3; round++) {
                late.holdNow();
                FutureTask<Boolean> read = asleep(() -> {
                    disk.read(0, buffer);
                    return true;
                });
                late.hold(false);
                assertThat(get(read)).isTrue();
                if (round == 0) {
                    disk.queue(0).recover((token, status) -> {});
                } else {
                    disk.reset((token, status) -> {});
                }
            }
        }
    }
}
