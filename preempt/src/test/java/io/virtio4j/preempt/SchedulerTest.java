// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    private final List<String> order = new CopyOnWriteArrayList<>();

    @Test
    void tasksOfOneCpuRunInTurnAndOneAtATime() {
        try (Booted booted = Booted.with(1)) {
            AtomicInteger atOnce = new AtomicInteger();
            for (String name : List.of("a", "b")) {
                booted.cpus.scheduler().spawn(name, () -> {
                    for (int i = 0; i < 3; i++) {
                        assertThat(atOnce.incrementAndGet()).isEqualTo(1);
                        order.add(name + i);
                        atOnce.decrementAndGet();
                        Scheduler.yieldNow();
                    }
                });
            }
            booted.quiet();
            assertThat(order).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what is refused here
    void aTaskWithoutABodyOrANameIsRefusedAtOnce() {
        try (Booted booted = Booted.with(1)) {
            assertThatNullPointerException()
                    .isThrownBy(() -> booted.cpus.scheduler().spawn("empty", null))
                    .withMessage("body");
            assertThatNullPointerException()
                    .isThrownBy(() -> booted.cpus.scheduler().spawn(null, () -> {}))
                    .withMessage("name");
            booted.quiet();
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aTickPreemptsATaskAtItsInterruptPoint() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.scheduler().spawn("spinner", () -> {
                order.add("spinner starts");
                booted.cpus.interrupts().raise(InterruptController.TIMER);
                Cpu.interruptPoint();
                order.add("spinner ends");
            });
            booted.cpus.scheduler().spawn("other", () -> order.add("other"));
            booted.quiet();
            assertThat(order).containsExactly("spinner starts", "other", "spinner ends");
        }
    }

    @Test
    void aTickInAGuardPreemptsAtTheReleaseAndNotBefore() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.scheduler().spawn("guarded", () -> {
                try (PreemptGuard guard = PreemptGuard.enter()) {
                    booted.cpus.interrupts().raise(InterruptController.TIMER);
                    Cpu.interruptPoint();
                    order.add("still on " + guard.cpu().index());
                }
                order.add("released");
            });
            booted.cpus.scheduler().spawn("other", () -> order.add("other"));
            booted.quiet();
            assertThat(order).containsExactly("still on 0", "other", "released");
        }
    }

    @Test
    void timeSlicesAreAsLongAsTheOptionsSay() {
        try (Booted booted = Booted.with(1, options -> options.withTimeSliceTicks(3))) {
            booted.cpus.scheduler().spawn("spinner", () -> {
                for (int tick = 1; tick <= 3; tick++) {
                    order.add("tick " + tick);
                    booted.cpus.interrupts().raise(InterruptController.TIMER);
                    Cpu.interruptPoint();
                }
            });
            booted.cpus.scheduler().spawn("other", () -> order.add("other"));
            booted.quiet();
            assertThat(order).containsExactly("tick 1", "tick 2", "tick 3", "other");
        }
    }

    @Test
    void theTimersCpuEndsSlicesOnOthersToo() {
        try (Booted booted = Booted.with(2)) {
            AtomicInteger turn = new AtomicInteger();
            Cpu second = booted.cpu(1);
            for (int i = 0; i < 2; i++) {
                int mine = i;
                booted.cpus
                        .scheduler()
                        .spawn(
                                "spinner-" + i,
                                () -> {
                                    // Goes on only when the other spinner has run: so each has to be preempted.
                                    while (turn.get() < 20) {
                                        if (turn.get() % 2 == mine) {
                                            turn.incrementAndGet();
                                        }
                                        Cpu.interruptPoint();
                                    }
                                },
                                second);
            }
            booted.cpus.timer().start(TimeUnit.MICROSECONDS.toNanos(500));
            while (turn.get() < 20) {
                Cpu.interruptPoint();
            }
            assertThat(booted.quiet().lost()).isZero();
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aBlockedTaskGoesOnWhenItIsWoken() {
        try (Booted booted = Booted.with(2)) {
            Task sleeper = booted.cpus.scheduler().spawn("sleeper", () -> {
                order.add(Scheduler.block(Booted.LONG_NANOS) ? "woken" : "timed out");
            });
            while (sleeper.state() != Task.State.BLOCKED) {
                Scheduler.yieldNow();
            }
            booted.cpus.scheduler().wake(sleeper);
            assertThat(sleeper.join(Booted.LONG_NANOS)).isTrue();
            assertThat(order).containsExactly("woken");
            assertThat(sleeper.state()).isEqualTo(Task.State.ENDED);
            booted.cpus.scheduler().wake(sleeper); // as if nothing were
        }
    }

    @Test
    void aWakeThatComesFirstIsNotLost() {
        try (Booted booted = Booted.with(1)) {
            Task task = booted.cpus.scheduler().spawn("early", () -> {
                order.add(Scheduler.block(Booted.LONG_NANOS) ? "woken" : "timed out");
                order.add(Scheduler.block(1_000) ? "woken" : "timed out");
            });
            booted.cpus.scheduler().wake(task);
            booted.cpus.scheduler().wake(task);
            assertThat(task.join(Booted.LONG_NANOS)).isTrue();
            assertThat(order).containsExactly("woken", "timed out");
        }
    }

    @Test
    void aThreadOutsideWakesATask() throws Exception {
        try (Booted booted = Booted.with(2)) {
            Task task = booted.cpus.scheduler().spawn("sleeper", () -> Scheduler.block(Booted.LONG_NANOS));
            CompletableFuture.runAsync(() -> booted.cpus.scheduler().wake(task)).get();
            assertThat(task.join(Booted.LONG_NANOS)).isTrue();
        }
    }

    @Test
    void aThreadOutsideWaitsForATaskToEnd() throws Exception {
        try (Booted booted = Booted.with(2)) {
            Task task =
                    booted.cpus.scheduler().spawn("sleeper", () -> Scheduler.block(Booted.LONG_NANOS), booted.cpu(1));
            assertThat(CompletableFuture.supplyAsync(() -> task.join(1_000)).get())
                    .isFalse();
            booted.cpus.scheduler().wake(task);
            assertThat(CompletableFuture.supplyAsync(() -> task.join(Booted.LONG_NANOS))
                            .get())
                    .isTrue();
        }
    }

    @Test
    void aTaskGoesOnOnAnotherCpuAndItsGuardsCountThere() {
        try (Booted booted = Booted.with(2)) {
            AtomicInteger stop = new AtomicInteger();
            Task traveller = booted.cpus.scheduler().spawn("traveller", () -> {
                Cpu before = Cpu.current();
                crowd(booted.cpus, before, stop);
                try (PreemptGuard guard = PreemptGuard.enter()) {
                    Reschedule.setReschedulePending();
                    assertThat(guard.cpu()).isSameAs(before);
                    assertThat(Cpu.current()).isSameAs(before);
                }
                Cpu after = Cpu.current();
                assertThat(after).isNotSameAs(before);
                try (PreemptGuard guard = PreemptGuard.enter()) {
                    assertThat(guard.cpu()).isSameAs(after);
                    assertThat(PreemptGuard.count()).isEqualTo(1);
                    assertThat(before.guardCount()).isZero();
                }
                stop.set(1);
            });
            assertThat(traveller.join(Booted.LONG_NANOS)).isTrue();
            assertThat(booted.errors).isEmpty();
            assertThat(traveller.migrations()).isEqualTo(1);
            assertThat(booted.quiet().lost()).isZero();
        }
    }

    @Test
    void aTaskThatIsPreemptedAtAnInterruptPointGoesOnWhereItWas() {
        try (Booted booted = Booted.with(2)) {
            // Twice, so that the second switch comes after others have had the CPU.
            Reschedule.registerCallback(booted.cpus, cpu -> {
                booted.cpus.scheduler().schedule(cpu);
                booted.cpus.scheduler().schedule(cpu);
            });
            AtomicInteger stop = new AtomicInteger();
            Task task = booted.cpus.scheduler().spawn("task", () -> {
                Cpu before = Cpu.current();
                crowd(booted.cpus, before, stop);
                for (int i = 0; i < 20; i++) {
                    booted.cpus.interrupts().raise(InterruptController.RESCHEDULE, before);
                    Cpu.interruptPoint();
                    assertThat(Cpu.current()).isSameAs(before);
                }
                order.add("stayed");
                stop.set(1);
            });
            assertThat(task.join(Booted.LONG_NANOS)).isTrue();
            assertThat(booted.errors).isEmpty();
            assertThat(order).containsExactly("stayed");
            assertThat(task.migrations()).isZero();
        }
    }

    /** Two tasks that stay on a CPU and have it whenever they can, so that a third had better go. */
    private static void crowd(CpuSet cpus, Cpu cpu, AtomicInteger stop) {
        for (int i = 0; i < 2; i++) {
            cpus.scheduler()
                    .spawn(
                            "crowd-" + i,
                            () -> {
                                while (stop.get() == 0) {
                                    Scheduler.yieldNow();
                                }
                            },
                            cpu);
        }
    }

    @Test
    void aTaskStaysWhereItMayRun() {
        try (Booted booted = Booted.with(3)) {
            List<Integer> where = Collections.synchronizedList(new java.util.ArrayList<>());
            for (int i = 0; i < 6; i++) {
                booted.cpus
                        .scheduler()
                        .spawn(
                                "task-" + i,
                                () -> {
                                    for (int round = 0; round < 30; round++) {
                                        where.add(Cpu.current().index());
                                        Scheduler.yieldNow();
                                    }
                                },
                                0b101);
            }
            booted.quiet();
            assertThat(where).hasSize(180).isSubsetOf(0, 2);
        }
    }

    @Test
    void whatATaskThrowsIsToldAndItsCpuGoesOn() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.scheduler().spawn("broken", () -> {
                throw new IllegalArgumentException("broken task");
            });
            booted.cpus.scheduler().spawn("next", () -> order.add("next"));
            booted.quiet();
            assertThat(order).containsExactly("next");
            assertThat(booted.errors)
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasMessage("broken task"));
        }
    }

    @Test
    void aTaskThatEndsInAGuardIsToldAndTheGuardTakenBack() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.scheduler().spawn("leaky", () -> {
                PreemptGuard.enter();
                IrqPreemptGuard.enter();
            });
            booted.cpus.scheduler().spawn("next", () -> order.add("count " + PreemptGuard.count()));
            booted.quiet();
            assertThat(order).containsExactly("count 0");
            assertThat(booted.errors)
                    .singleElement()
                    .satisfies(e -> assertThat(e)
                            .hasMessageContaining("leaky")
                            .hasMessageContaining("2 guards")
                            .hasMessageContaining("interrupts masked"));
        }
    }

    @Test
    void whoHoldsAGuardMayNeitherYieldNorBlockNorJoin() {
        try (Booted booted = Booted.with(1)) {
            Task task = booted.cpus.scheduler().spawn("other", () -> order.add("other"));
            try (PreemptGuard guard = PreemptGuard.enter()) {
                assertThatThrownBy(Scheduler::yieldNow)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("yields on CPU 0 with 1 guards held");
                assertThatThrownBy(() -> Scheduler.block(1)).hasMessageContaining("blocks on CPU 0 with 1 guards");
                assertThatThrownBy(() -> task.join(1)).isInstanceOf(IllegalStateException.class);
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
            }
            assertThat(order).isEmpty();
            booted.quiet();
        }
    }

    @Test
    void aTaskThatWaitsForItselfIsRefused() {
        try (Booted booted = Booted.with(1)) {
            Task self = Scheduler.current();
            assertThatThrownBy(() -> self.join(1)).hasMessageContaining("boot waits for itself");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void moreTasksThanThereIsRoomForAndTasksForNoCpuAreRefused() {
        try (Booted booted = Booted.with(2, options -> options.withMaxTasks(2))) {
            Scheduler scheduler = booted.cpus.scheduler();
            scheduler.spawn("one", () -> Scheduler.block(Booted.LONG_NANOS));
            scheduler.spawn("two", () -> Scheduler.block(Booted.LONG_NANOS));
            assertThatThrownBy(() -> scheduler.spawn("three", () -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("room for 2 tasks");
            assertThatThrownBy(() -> scheduler.spawn("nowhere", () -> {}, 0b100))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("none of the 2 CPUs");
        }
    }

    @Test
    void aTaskStartsTasks() {
        try (Booted booted = Booted.with(2)) {
            booted.cpus.scheduler().spawn("parent", () -> {
                Task child = booted.cpus.scheduler().spawn("child", () -> order.add("child"));
                assertThat(child.join(Booted.LONG_NANOS)).isTrue();
                order.add("parent");
            });
            booted.quiet();
            assertThat(order).containsExactly("child", "parent");
            assertThat(booted.errors).isEmpty();
        }
    }
}
