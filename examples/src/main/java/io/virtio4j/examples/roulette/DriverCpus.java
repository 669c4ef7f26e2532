// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.CpuSet;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.PreemptOptions;
import io.virtio4j.preempt.PreemptStatistics;
import io.virtio4j.preempt.Scheduler;
import io.virtio4j.preempt.StuckCpuException;
import io.virtio4j.preempt.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * The CPUs on which the wheel is driven: the calling thread is CPU 0, on which a timer ticks, and other tasks come and go on all of
 * them, taking guards of their own.
 */
final class DriverCpus implements AutoCloseable {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int TASKS_PER_CPU = 2;
    private static final int STEPS = 200;

    private final CpuSet cpus;
    private final List<Task> tasks = new ArrayList<>();
    private volatile boolean stopping;

    private DriverCpus(CpuSet cpus) {
        this.cpus = cpus;
    }

    /** Boots so many CPUs and starts the timer and the tasks. */
    static DriverCpus boot(int count, long tickNanos, ErrorHandler errors) {
        DriverCpus booted = new DriverCpus(CpuSet.boot(PreemptOptions.of(count, errors)));
        for (int i = 0; i < count * TASKS_PER_CPU; i++) {
            int seed = i;
            booted.tasks.add(booted.cpus.scheduler().spawn("visitor-" + i, () -> booted.visit(seed, tickNanos)));
        }
        booted.cpus.timer().start(tickNanos);
        return booted;
    }

    /** Works a little in a guard, and sleeps for a tick. */
    private void visit(int seed, long tickNanos) {
        int state = seed;
        while (!stopping) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Cpu here = guard.cpu();
                for (int i = 0; i < STEPS; i++) {
                    state = state * 31 + i;
                    try (PreemptGuard inner = here.enterGuard()) {
                        state ^= inner.cpu().index();
                    }
                }
                if (Cpu.current() != here) {
                    throw new IllegalStateException("moved from " + here + " to " + Cpu.current() + " inside a guard");
                }
            }
            Cpu.interruptPoint();
            Scheduler.block(tickNanos + (state & 0xFF));
        }
    }

    /**
     * Ends the tasks and the timer and waits until all is quiet.
     *
     * @return what was counted, with all that came of it
     */
    PreemptStatistics finish() {
        stopping = true;
        for (Task task : tasks) {
            if (!task.join(QUIET_NANOS)) {
                throw new WorkFailedException(task + " did not end within " + QUIET_NANOS + " ns");
            }
        }
        cpus.timer().stop();
        try {
            cpus.awaitQuiet(QUIET_NANOS);
        } catch (StuckCpuException e) {
            throw new WorkFailedException("the CPUs do not come to rest: " + e.getMessage(), e);
        }
        return cpus.statistics();
    }

    @Override
    public void close() {
        cpus.close();
    }
}
