// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.List;

/**
 * How much an exploration covers.
 *
 * @param cpus how many CPUs, 1 to {@value #MAX_CPUS}
 * @param tasks how many tasks, 1 to 4
 * @param interrupts how many timer interrupts at most on each CPU, 0 to {@value #MAX_INTERRUPTS}; interrupts between CPUs come
 *     on top
 * @param states how many states at most, 1 or more
 */
public record Bounds(int cpus, int tasks, int interrupts, int states) {
    /** The most CPUs. */
    public static final int MAX_CPUS = 4;

    /** The most timer interrupts. */
    public static final int MAX_INTERRUPTS = 8;

    /** When an exploration gives up, where nothing else is asked for. */
    public static final int DEFAULT_STATES = 20_000_000;

    /** What the table in {@code docs/preempt-drop-race.md} covers: many interrupts on one CPU, and two CPUs. */
    public static final List<Bounds> TABLE =
            List.of(new Bounds(1, 2, 3, DEFAULT_STATES), new Bounds(2, 2, 1, DEFAULT_STATES));

    /**
     * Checks the numbers.
     *
     * @param cpus 1 to {@value #MAX_CPUS}
     * @param tasks 1 to 4
     * @param interrupts 0 to {@value #MAX_INTERRUPTS}
     * @param states 1 or more
     */
    public Bounds {
        check("cpus", cpus, 1, MAX_CPUS);
        check("tasks", tasks, 1, Workload.MAX_TASKS);
        check("interrupts", interrupts, 0, MAX_INTERRUPTS);
        check("states", states, 1, Integer.MAX_VALUE);
    }

    /** {@return in words} */
    public String text() {
        return cpus
                + (cpus == 1 ? " CPU, " : " CPUs, ")
                + tasks
                + (tasks == 1 ? " task, " : " tasks, ")
                + (interrupts == 0
                        ? "no timer interrupt"
                        : "up to " + interrupts + (interrupts == 1 ? " timer interrupt" : " timer interrupts")
                                + (cpus == 1 ? "" : " on each CPU"));
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + min + " to " + max + ", not " + value);
        }
    }

    /**
     * {@return the same with another number of CPUs}
     *
     * @param value how many
     */
    public Bounds withCpus(int value) {
        return new Bounds(value, tasks, interrupts, states);
    }

    /**
     * {@return the same with another number of tasks}
     *
     * @param value how many
     */
    public Bounds withTasks(int value) {
        return new Bounds(cpus, value, interrupts, states);
    }

    /**
     * {@return the same with another number of timer interrupts}
     *
     * @param value how many at most
     */
    public Bounds withInterrupts(int value) {
        return new Bounds(cpus, tasks, value, states);
    }
}
