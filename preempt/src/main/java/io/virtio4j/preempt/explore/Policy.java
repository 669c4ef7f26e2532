// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.step.CpuSlots;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * A way to build guards: a program for each part, and what the scheduler around them does.
 *
 * @param programs the programs
 * @param rules what is not in a program
 */
record Policy(Map<Part, Program> programs, Rules rules) {
    /** Where a policy keeps its flag and its count, for the checks. */
    interface Gauge {
        /** {@return the guards counted on a CPU} */
        int count(CpuSlots slots, int cpu);

        /** {@return whether a callback is owed on a CPU as far as the flag tells} */
        boolean flag(CpuSlots slots, int cpu);

        /** Writes what a CPU starts with, where that is not 0. */
        default void prepare(CpuSlots slots, int cpu) {}
    }

    /**
     * What is not in a program.
     *
     * @param migration whether a task may go on on another CPU
     * @param pinsPreempted whether a task that was switched away in an interrupt stays on its CPU, whatever migration says
     * @param timerEverywhere whether every CPU has a timer, or CPU 0 alone
     * @param callbackMayBeMasked whether callbacks with interrupts masked are meant
     * @param callbackCount the count that the drain itself adds
     * @param gauge where count and flag are
     */
    record Rules(
            boolean migration,
            boolean pinsPreempted,
            boolean timerEverywhere,
            boolean callbackMayBeMasked,
            int callbackCount,
            Gauge gauge) {
        Rules migration(boolean value) {
            return new Rules(value, pinsPreempted, timerEverywhere, callbackMayBeMasked, callbackCount, gauge);
        }

        Rules pinsPreempted(boolean value) {
            return new Rules(migration, value, timerEverywhere, callbackMayBeMasked, callbackCount, gauge);
        }

        Rules timerEverywhere(boolean value) {
            return new Rules(migration, pinsPreempted, value, callbackMayBeMasked, callbackCount, gauge);
        }

        Rules callbackMayBeMasked(boolean value) {
            return new Rules(migration, pinsPreempted, timerEverywhere, value, callbackCount, gauge);
        }

        Rules counted(int inCallback, Gauge value) {
            return new Rules(migration, pinsPreempted, timerEverywhere, callbackMayBeMasked, inCallback, value);
        }
    }

    Policy {
        programs = Collections.unmodifiableMap(new EnumMap<>(programs));
        for (Part part : Part.values()) {
            if (!programs.containsKey(part)) {
                throw new IllegalArgumentException("no program for " + part);
            }
        }
    }

    /** {@return the program of a part} */
    Program program(Part part) {
        return Objects.requireNonNull(programs.get(part));
    }

    /** {@return the same with another program for one part} */
    Policy with(Part part, Program program) {
        Map<Part, Program> changed = new EnumMap<>(programs);
        changed.put(part, program);
        return new Policy(changed, rules);
    }

    /** {@return the same with other rules} */
    Policy with(Rules changed) {
        return new Policy(programs, changed);
    }
}
