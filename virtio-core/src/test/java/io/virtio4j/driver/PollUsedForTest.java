// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.WaitRig.Ring;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver that spins by the clock. */
class PollUsedForTest {
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static Stream<IdleStrategy> idleStrategies() {
        return Stream.of(
                NoOpIdleStrategy.INSTANCE,
                BusySpinIdleStrategy.INSTANCE,
                new YieldingIdleStrategy(),
                new BackoffIdleStrategy(),
                new SleepingMillisIdleStrategy(1));
    }

    @ParameterizedTest
    @MethodSource("idleStrategies")
    void aDeviceThatStallsEndsTheWaitWhenTheTimeIsUpAndNotBefore(IdleStrategy idle) {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        long startNanos = System.nanoTime();

        assertThat(rig.driver.pollUsedFor(rig.handler, 1, TIMEOUT_NANOS, idle)).isZero();

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(TIMEOUT_NANOS);
        assertThat(rig.driver.counters().get(QueueCounter.SPINS)).isPositive();
        assertThat(rig.driver.counters().get(QueueCounter.POLL_FENCES)).isZero();
    }

    @Test
    void anIdleStrategyThatSleepsHasTheClockReadAtEveryLook() {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);

        rig.driver.pollUsedFor(rig.handler, 1, TIMEOUT_NANOS, new SleepingMillisIdleStrategy(5));

        // 20 ms in sleeps of 5 ms or more: a clock read once in 32 looks would let 32 of them go by.
        assertThat(rig.driver.counters().get(QueueCounter.SPINS)).isLessThanOrEqualTo(5);
    }

    @Test
    void anIdleStrategyThatSleepsOnlyAfterAWhileIsNotAskedAgainWhenTheTimeIsUp() {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        // The wait began before its first pause, so that its time is up when this pause of it ends.
        int longPause = 70;
        IdleStrategy idle = WaitRig.atPause(longPause, () -> spinFor(TIMEOUT_NANOS));

        rig.driver.pollUsedFor(rig.handler, 1, TIMEOUT_NANOS, idle);

        assertThat(rig.driver.counters().get(QueueCounter.SPINS)).isLessThanOrEqualTo(longPause);
    }

    private static void spinFor(long nanos) {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < nanos) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void aTimeOfZeroLooksOnce(Ring ring) {
        WaitRig rig = new WaitRig(ring);
        rig.offer(1);
        assertThat(rig.driver.pollUsedFor(rig.handler, 1, 0, NoOpIdleStrategy.INSTANCE))
                .isZero();
        assertThat(rig.driver.counters().get(QueueCounter.SPINS)).isZero();

        rig.use();
        assertThat(rig.driver.pollUsedFor(rig.handler, 1, 0, NoOpIdleStrategy.INSTANCE))
                .isEqualTo(1);
        assertThat(rig.lastToken).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void whatTheDeviceUsesMeanwhileIsTaken(Ring ring) {
        WaitRig rig = new WaitRig(ring);
        rig.offer(4);
        IdleStrategy device = WaitRig.atPause(100, rig::use);

        assertThat(rig.driver.pollUsedFor(rig.handler, 1, WaitRig.LONG_NANOS, device))
                .isEqualTo(1);

        assertThat(rig.lastToken).isEqualTo(4);
        assertThat(rig.driver.counters().get(QueueCounter.SPINS)).isEqualTo(100);
        assertThat(rig.driver.counters().get(QueueCounter.POLL_FENCES)).isEqualTo(1);
    }

    @Test
    void theBaselineFencesEveryLook() {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG, BarrierPolicy.BASELINE);
        rig.offer(4);

        rig.driver.pollUsedFor(rig.handler, 1, TIMEOUT_NANOS, new SleepingMillisIdleStrategy(5));

        assertThat(rig.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(rig.driver.counters().get(QueueCounter.SPINS) + 1);
    }
}
