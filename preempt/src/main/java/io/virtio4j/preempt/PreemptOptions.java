// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * What a {@link CpuSet} is booted with. Start from {@link #of(int, ErrorHandler)} and change what matters.
 *
 * @param cpus how many CPUs, 1 to 64
 * @param policy where a request to reschedule waits
 * @param crossCheck whether every guard is also counted in one counter of all CPUs, which {@link CpuSet#awaitQuiet} compares with the
 *     CPUs' own: a contended counter, so for tests only
 * @param maxTasks how many tasks may live at a time, 1 or more
 * @param timeSliceTicks after how many ticks of the timer a running task is asked to give way, 1 or more
 * @param deadlineNanos how long {@link CpuSet#close} waits for tasks to stop, and the booting thread for its CPU, more than 0
 * @param errorHandler is told of what tasks, interrupt handlers and callbacks throw, on the thread where it happened
 */
public record PreemptOptions(
        int cpus,
        PreemptPolicy policy,
        boolean crossCheck,
        int maxTasks,
        int timeSliceTicks,
        long deadlineNanos,
        ErrorHandler errorHandler) {

    /** The most CPUs that a set can have: a task's CPUs are the bits of a long. */
    public static final int MAX_CPUS = 64;

    private static final int DEFAULT_MAX_TASKS = 1024;
    private static final long DEFAULT_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * Checks the ranges.
     *
     * @param cpus 1 to 64
     * @param policy where a request to reschedule waits
     * @param crossCheck whether guards are counted twice
     * @param maxTasks 1 or more
     * @param timeSliceTicks 1 or more
     * @param deadlineNanos more than 0
     * @param errorHandler is told of what goes wrong
     * @throws IllegalArgumentException if one is out of its range
     */
    public PreemptOptions {
        Objects.requireNonNull(policy, "policy"); // else it would be the one that loses requests
        Objects.requireNonNull(errorHandler, "errorHandler");
        if (cpus < 1 || cpus > MAX_CPUS) {
            throw new IllegalArgumentException("there are 1 to " + MAX_CPUS + " CPUs, not " + cpus);
        }
        if (maxTasks < 1 || timeSliceTicks < 1 || deadlineNanos <= 0) {
            throw new IllegalArgumentException(
                    "there is room for 1 task at least, a time slice is 1 tick or more, and a deadline is more than 0: "
                            + maxTasks + " tasks, " + timeSliceTicks + " ticks, " + deadlineNanos + " ns");
        }
    }

    /**
     * {@return the default policy, no cross-check, room for 1024 tasks, slices of one tick, and 10 seconds as the deadline}
     *
     * @param cpus how many CPUs, 1 to 64
     * @param errorHandler is told of what goes wrong
     */
    public static PreemptOptions of(int cpus, ErrorHandler errorHandler) {
        return new PreemptOptions(
                cpus, PreemptPolicy.PER_CPU, false, DEFAULT_MAX_TASKS, 1, DEFAULT_DEADLINE_NANOS, errorHandler);
    }

    /**
     * {@return the same with another policy}
     *
     * @param newPolicy see {@link #policy}
     */
    public PreemptOptions withPolicy(PreemptPolicy newPolicy) {
        return new PreemptOptions(cpus, newPolicy, crossCheck, maxTasks, timeSliceTicks, deadlineNanos, errorHandler);
    }

    /**
     * {@return the same with the cross-check on or off}
     *
     * @param newCrossCheck see {@link #crossCheck}
     */
    public PreemptOptions withCrossCheck(boolean newCrossCheck) {
        return new PreemptOptions(cpus, policy, newCrossCheck, maxTasks, timeSliceTicks, deadlineNanos, errorHandler);
    }

    /**
     * {@return the same with room for another number of tasks}
     *
     * @param newMaxTasks see {@link #maxTasks}
     */
    public PreemptOptions withMaxTasks(int newMaxTasks) {
        return new PreemptOptions(cpus, policy, crossCheck, newMaxTasks, timeSliceTicks, deadlineNanos, errorHandler);
    }

    /**
     * {@return the same with another time slice}
     *
     * @param newTimeSliceTicks see {@link #timeSliceTicks}
     */
    public PreemptOptions withTimeSliceTicks(int newTimeSliceTicks) {
        return new PreemptOptions(cpus, policy, crossCheck, maxTasks, newTimeSliceTicks, deadlineNanos, errorHandler);
    }

    /**
     * {@return the same with another deadline}
     *
     * @param newDeadlineNanos see {@link #deadlineNanos}
     */
    public PreemptOptions withDeadlineNanos(long newDeadlineNanos) {
        return new PreemptOptions(cpus, policy, crossCheck, maxTasks, timeSliceTicks, newDeadlineNanos, errorHandler);
    }
}
