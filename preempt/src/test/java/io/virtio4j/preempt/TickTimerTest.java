// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TickTimerTest {
    private static final long PERIOD_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    @Test
    void ticksUntilItIsStoppedAndCanBeStartedAgain() {
        try (Booted booted = Booted.with(1)) {
            for (int start = 0; start < 2; start++) {
                long before = booted.cpus.statistics().ticks();
                booted.cpus.timer().start(PERIOD_NANOS);
                while (booted.cpus.statistics().ticks() < before + 3) {
                    Cpu.interruptPoint();
                }
                booted.cpus.timer().stop();
                Cpu.interruptPoint(); // what was raised before
                long stopped = booted.cpus.statistics().ticks();
                LockSupport.parkNanos(3 * PERIOD_NANOS);
                Cpu.interruptPoint();
                assertThat(booted.cpus.statistics().ticks()).isEqualTo(stopped);
            }
        }
    }

    @Test
    void ticksThatAreNotTakenBecomeOne() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.timer().start(PERIOD_NANOS);
            while ((booted.cpus.slots.getRaisedOpaque(0) & 1) == 0) {
                Thread.onSpinWait();
            }
            long end = System.nanoTime() + 10 * PERIOD_NANOS;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            booted.cpus.timer().stop();
            Cpu.interruptPoint();
            assertThat(booted.cpus.statistics().ticks()).isEqualTo(1);
        }
    }

    @Test
    void aTimerThatAnInterruptedThreadStopsLeavesNoThreadBehind() {
        try (Booted booted = Booted.with(1)) {
            for (int i = 0; i < 20; i++) {
                booted.cpus.timer().start(PERIOD_NANOS);
                Thread.currentThread().interrupt();
                booted.cpus.timer().stop();
                assertThat(Thread.interrupted()).isTrue();
            }
            booted.cpus.timer().start(PERIOD_NANOS);
            assertThat(timers()).isEqualTo(1);
            booted.cpus.timer().stop();
            assertThat(timers()).isZero();
        }
    }

    private static long timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("preempt-timer"))
                .count();
    }

    @Test
    void theTimerOfAClosedSetDoesNotStart() {
        Booted booted = Booted.with(1);
        booted.close();
        assertThatThrownBy(() -> booted.cpus.timer().start(PERIOD_NANOS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void startingTwiceAndPeriodsOfNothingAreRefused() {
        try (Booted booted = Booted.with(1)) {
            assertThatThrownBy(() -> booted.cpus.timer().start(0)).isInstanceOf(IllegalArgumentException.class);
            booted.cpus.timer().stop();
            booted.cpus.timer().start(PERIOD_NANOS);
            assertThatThrownBy(() -> booted.cpus.timer().start(PERIOD_NANOS)).isInstanceOf(IllegalStateException.class);
        }
    }
}
