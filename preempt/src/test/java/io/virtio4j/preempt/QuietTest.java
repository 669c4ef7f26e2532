// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many tasks, guards, migrations and a fast timer, until all is quiet: then nothing was lost, and the two counts of guards agree. */
class QuietTest {
    private static final int TASKS = 24;
    private static final int ROUNDS = 150;
    private static final long TICK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void nothingIsLost(int count) {
        try (Booted booted = Booted.with(count)) {
            booted.cpus.timer().start(TICK_NANOS);
            AtomicInteger done = new AtomicInteger();
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                int seed = i;
                tasks.add(booted.cpus.scheduler().spawn("task-" + i, () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        work(booted.cpus, seed + round);
                    }
                    done.incrementAndGet();
                }));
            }
            for (Task task : tasks) {
                assertThat(task.join(Booted.LONG_NANOS)).as(task.name()).isTrue();
            }

            PreemptStatistics statistics = booted.quiet();

            assertThat(done).hasValue(TASKS);
            assertThat(booted.errors).isEmpty();
            assertThat(statistics.lost()).isZero();
            assertThat(statistics.ticks()).isPositive();
            assertThat(statistics.callbacks()).isPositive();
            assertThat(statistics.deferred()).isPositive();
            assertThat(statistics.maxDepth()).isEqualTo(3);
            if (count > 1) {
                assertThat(tasks.stream().mapToLong(Task::migrations).sum()).isPositive();
            }
            for (int i = 0; i < count; i++) {
                assertThat(booted.cpu(i).guardCount()).isZero();
                assertThat(booted.cpus.slots.getPendingOpaque(i)).isZero();
                assertThat(booted.cpus.slots.getDrainingOpaque(i)).isZero();
                assertThat(booted.cpus.slots.getMaskedOpaque(i)).isZero();
            }
        }
    }

    private static void work(CpuSet cpus, int step) {
        try (PreemptGuard guard = PreemptGuard.enter()) {
            Cpu here = guard.cpu();
            Cpu.interruptPoint();
            try (IrqPreemptGuard masked = IrqPreemptGuard.enter()) {
                Cpu.interruptPoint();
                assertThat(masked.cpu()).isSameAs(here);
                try (PreemptGuard inner = PreemptGuard.enter()) {
                    assertThat(inner).isSameAs(guard);
                }
            }
            Reschedule.setReschedulePending(cpus.cpu(step % cpus.size()));
            assertThat(Cpu.current()).isSameAs(here);
        }
        switch (step % 4) {
            case 0 -> Scheduler.yieldNow();
            case 1 -> Scheduler.block(TimeUnit.MICROSECONDS.toNanos(step % 50));
            case 2 -> Cpu.interruptPoint();
            default -> Reschedule.setReschedulePending();
        }
    }
}
