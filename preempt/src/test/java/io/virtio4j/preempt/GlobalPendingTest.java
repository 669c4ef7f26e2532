// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plan's policy beside the default: one flag for all CPUs, or one for each. */
class GlobalPendingTest {

    /** CPU 0 is asked to reschedule while it holds a guard; before it releases that, CPU 1 releases one of its own. */
    @ParameterizedTest
    @EnumSource
    void aRequestIsLostWhenAnotherCpuReleasesAGuardFirst(PreemptPolicy policy) {
        try (Booted booted = Booted.with(2, options -> options.withPolicy(policy))) {
            AtomicBoolean requested = new AtomicBoolean();
            AtomicBoolean otherReleased = new AtomicBoolean();
            booted.cpus
                    .scheduler()
                    .spawn(
                            "other",
                            () -> {
                                try (PreemptGuard guard = PreemptGuard.enter()) {
                                    while (!requested.get()) {
                                        Thread.onSpinWait();
                                    }
                                    assertThat(guard.cpu().index()).isEqualTo(1);
                                }
                                otherReleased.set(true);
                            },
                            booted.cpu(1));
            try (PreemptGuard guard = PreemptGuard.enter()) {
                booted.cpus.interrupts().raise(InterruptController.TIMER);
                Cpu.interruptPoint();
                requested.set(true);
                while (!otherReleased.get()) {
                    Thread.onSpinWait();
                }
                assertThat(guard.cpu().index()).isZero();
            }
            PreemptStatistics statistics = booted.quiet();
            assertThat(statistics.deferred()).isEqualTo(1);
            assertThat(booted.cpus.slots.getCallbacksOpaque(0)).isEqualTo(policy == PreemptPolicy.PER_CPU ? 1 : 0);
            assertThat(statistics.lost()).isEqualTo(policy == PreemptPolicy.PER_CPU ? 0 : 1);
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void onOneCpuTheFlagWorksAsInThePlan() {
        try (Booted booted = Booted.with(1, options -> options.withPolicy(PreemptPolicy.GLOBAL_PENDING))) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                assertThat(Reschedule.isReschedulePending()).isTrue();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
            }
            assertThat(Reschedule.isReschedulePending()).isFalse();
            assertThat(booted.cpus.statistics()).isEqualTo(new PreemptStatistics(1, 0, 1, 1, 1, 0));
        }
    }

    @Test
    void tasksRunYieldAndEndUnderItToo() {
        try (Booted booted = Booted.with(2, options -> options.withPolicy(PreemptPolicy.GLOBAL_PENDING))) {
            Task[] tasks = new Task[8];
            for (int i = 0; i < tasks.length; i++) {
                tasks[i] = booted.cpus.scheduler().spawn("task-" + i, () -> {
                    for (int round = 0; round < 50; round++) {
                        try (PreemptGuard guard = PreemptGuard.enter()) {
                            assertThat(guard.cpu()).isSameAs(Cpu.current());
                        }
                        Scheduler.yieldNow();
                    }
                });
            }
            booted.quiet();
            assertThat(tasks).allMatch(task -> task.state() == Task.State.ENDED);
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void whatIsTakenBackIsGone() {
        try (Booted booted = Booted.with(1, options -> options.withPolicy(PreemptPolicy.GLOBAL_PENDING))) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                Reschedule.clearReschedulePending();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
            }
            assertThat(booted.cpus.statistics().callbacks()).isZero();
            assertThat(booted.quiet().lost()).isZero();
        }
    }
}
