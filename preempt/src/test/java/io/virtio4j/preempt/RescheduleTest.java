// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RescheduleTest {

    private final List<String> seen = new ArrayList<>();

    @Test
    void waitsForTheOutermostRelease() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> seen.add("callback with " + cpu.guardCount()));
            try (PreemptGuard outer = PreemptGuard.enter()) {
                try (PreemptGuard inner = PreemptGuard.enter()) {
                    Reschedule.setReschedulePending();
                    assertThat(Reschedule.isReschedulePending()).isTrue();
                    assertThat(inner).isSameAs(outer);
                }
                seen.add("inner released");
            }
            assertThat(seen).containsExactly("inner released", "callback with 0");
            assertThat(Reschedule.isReschedulePending()).isFalse();
            PreemptStatistics statistics = booted.cpus.statistics();
            assertThat(statistics.deferred()).isEqualTo(1);
            assertThat(statistics.callbacks()).isEqualTo(1);
            assertThat(statistics.lost()).isZero();
        }
    }

    @Test
    void requestsInOneGuardAreServedByOneCallback() {
        try (Booted booted = Booted.with(1)) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                Reschedule.setReschedulePending();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
                assertThat(booted.cpus.statistics().lost()).as("on their way").isEqualTo(2);
            }
            assertThat(booted.cpus.statistics()).isEqualTo(new PreemptStatistics(1, 0, 2, 1, 1, 0));
        }
    }

    @Test
    void outsideAGuardItIsServedAtTheNextInterruptPoint() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.setReschedulePending();
            assertThat(Reschedule.isReschedulePending()).isTrue();
            Cpu.interruptPoint();
            assertThat(Reschedule.isReschedulePending()).isFalse();
            assertThat(booted.cpus.statistics().callbacks()).isEqualTo(1);
            assertThat(booted.cpus.statistics().deferred()).isZero();
        }
    }

    @Test
    void whatIsTakenBackIsNeitherServedNorLost() {
        try (Booted booted = Booted.with(1)) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                Reschedule.clearReschedulePending();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
                assertThat(Reschedule.isReschedulePending()).isFalse();
            }
            assertThat(booted.quiet().lost()).isZero();
            assertThat(booted.cpus.statistics().callbacks()).isZero();
        }
    }

    @Test
    void anotherCpuIsAskedByAnInterruptAndWaitsForItsOwnGuard() {
        try (Booted booted = Booted.with(2)) {
            AtomicInteger entered = new AtomicInteger();
            AtomicInteger released = new AtomicInteger();
            List<Integer> atCallback = new CopyOnWriteArrayList<>();
            Task task = booted.cpus
                    .scheduler()
                    .spawn(
                            "guarded",
                            () -> {
                                Reschedule.registerCallback(booted.cpus, cpu -> {
                                    if (cpu.index() == 1) { // CPU 0 has requests of its own while it waits
                                        atCallback.add(released.get());
                                    }
                                });
                                try (PreemptGuard guard = PreemptGuard.enter()) {
                                    entered.set(1);
                                    while (!Reschedule.isReschedulePending()) {
                                        Cpu.interruptPoint();
                                    }
                                    released.set(guard.cpu().index());
                                }
                            },
                            booted.cpu(1));
            while (entered.get() == 0) {
                Thread.onSpinWait();
            }
            Reschedule.setReschedulePending(booted.cpu(1));
            assertThat(task.join(Booted.LONG_NANOS)).isTrue();
            assertThat(atCallback.get(0)).as("after the guard").isEqualTo(1);
            assertThat(booted.quiet().lost()).isZero();
            assertThat(booted.cpus.statistics().deferred()).isEqualTo(1);
        }
    }

    @Test
    void aRequestMadeInsideTheCallbackCallsBackOnceMoreAndDoesNotNest() {
        try (Booted booted = Booted.with(1)) {
            AtomicInteger nesting = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            Reschedule.registerCallback(booted.cpus, cpu -> {
                assertThat(nesting.incrementAndGet()).isEqualTo(1);
                if (calls.incrementAndGet() < 4) {
                    booted.cpus.interrupts().raise(InterruptController.TIMER);
                    Cpu.interruptPoint(); // an interrupt inside the callback asks again
                    try (PreemptGuard guard = PreemptGuard.enter()) {
                        assertThat(guard.cpu()).isSameAs(cpu);
                    }
                }
                nesting.decrementAndGet();
            });
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                assertThat(guard.cpu().index()).isZero();
            }
            assertThat(calls).hasValue(4);
            assertThat(booted.quiet().lost()).isZero();
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void whatACallbackThrowsIsToldAndTheNextOneComes() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> {
                throw new IllegalArgumentException("broken callback");
            });
            for (int i = 0; i < 2; i++) {
                try (PreemptGuard guard = PreemptGuard.enter()) {
                    Reschedule.setReschedulePending();
                    assertThat(guard.cpu().guardCount()).isEqualTo(1);
                }
            }
            assertThat(booted.errors).hasSize(2).allMatch(e -> e.getMessage().equals("broken callback"));
        }
    }

    @Test
    void theCallbackMayNeitherYieldNorBlock() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> {
                assertThatThrownBy(Scheduler::yieldNow).hasMessageContaining("in the reschedule callback");
                assertThatThrownBy(() -> Scheduler.block(1)).hasMessageContaining("in the reschedule callback");
                seen.add("called");
            });
            Reschedule.setReschedulePending();
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("called");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void theCallbackMayNotCloseTheSet() {
        Booted booted = Booted.with(1);
        Reschedule.registerCallback(booted.cpus, cpu -> booted.close());
        Reschedule.setReschedulePending();
        Cpu.interruptPoint();
        assertThat(booted.errors)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("the reschedule callback on CPU 0"));
        booted.quiet();
        booted.close();
    }

    @Test
    void aCallbackThatLeavesAGuardOrMasksIsToldAndItsCpuPutRight() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> {
                seen.add("callback with " + cpu.guardCount());
                PreemptGuard.enter();
                InterruptController.mask();
            });
            for (int i = 0; i < 2; i++) {
                Reschedule.setReschedulePending();
                Cpu.interruptPoint();
                assertThat(PreemptGuard.count()).isZero();
                assertThat(InterruptController.isMasked()).isFalse();
            }
            assertThat(seen).containsExactly("callback with 0", "callback with 0");
            assertThat(booted.errors).hasSize(4);
            assertThat(booted.errors.get(0)).hasMessageContaining("the reschedule callback left 1 guards on CPU 0");
            assertThat(booted.errors.get(1)).hasMessageContaining("left interrupts masked on CPU 0");
            booted.quiet();
        }
    }

    @Test
    void aHandlerThatInterruptsTheCallbackMayNotSchedule() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus
                    .interrupts()
                    .register(
                            InterruptController.FIRST_FREE,
                            (cpu, line) -> booted.cpus.scheduler().schedule(cpu));
            Reschedule.registerCallback(booted.cpus, cpu -> {
                booted.cpus.interrupts().raise(InterruptController.FIRST_FREE);
                Cpu.interruptPoint();
                seen.add("callback");
            });
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
            }
            assertThat(seen).containsExactly("callback");
            assertThat(booted.errors)
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasMessageContaining("in a handler that interrupted the callback"));
        }
    }

    @Test
    void scheduleIsForTheCallbackOnly() {
        try (Booted booted = Booted.with(1)) {
            assertThatThrownBy(() -> booted.cpus.scheduler().schedule(booted.cpu(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside the reschedule callback");
        }
    }
}
