// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.step.CpuSlots;
import org.jspecify.annotations.Nullable;

/**
 * One instruction of a {@link Program}. Interrupts and other CPUs come between two instructions that {@linkplain Kind#visible
 * do something}; the rest is control and happens together with the one before it.
 *
 * @param kind what it does
 * @param name what a trace calls it
 * @param action what a {@link Kind#STEP} runs
 * @param traits what the explorer has to know of it
 * @param callee the part whose program a {@link Kind#CALL} runs
 * @param ifZero the next instruction when the action gave 0
 * @param ifNonZero the next instruction when it gave anything else
 */
record Op(
        Kind kind,
        String name,
        @Nullable Action action,
        Traits traits,
        @Nullable Part callee,
        int ifZero,
        int ifNonZero) {
    /** What an instruction does. */
    enum Kind {
        /** Runs an action on the slots. */
        STEP(true, "step"),
        /** Asks on which CPU it runs. */
        READ_CPU(true, "read CPU"),
        /** Raises the reschedule line of the next CPU. */
        RAISE(true, "raise on the next CPU"),
        /** Gives the CPU to any task that may have it, or keeps it. */
        SWITCH(true, "switch"),
        /** Gives the CPU away for good. */
        LAST_SWITCH(true, "end and switch"),
        /** Computes for any time, and may go on. */
        COMPUTE(true, "compute, then end"),
        /** Waits until there is a task to run, and may go on then. */
        IDLE(true, "a task is ready"),
        /** Runs another program. */
        CALL(false, "call"),
        /** Ends the program. */
        RETURN(false, "return"),
        /** From here on the context holds one more guard. */
        HOLD(false, "hold"),
        /** From here on the context holds one guard less. */
        RELEASE(false, "release"),
        /** Goes elsewhere. */
        JUMP(false, "jump");

        /** Whether it is a step, and not only control. */
        final boolean visible;

        /** What a trace says. */
        final String text;

        Kind(boolean visible, String text) {
            this.visible = visible;
            this.text = text;
        }
    }

    /** The action of a step: a method of the guard, or of a variant. */
    @FunctionalInterface
    interface Action {
        /**
         * Runs it.
         *
         * @param slots the state of the CPUs
         * @param cpu the CPU that the program believes to be on
         * @param value what the step before it loaded
         * @return what it found, 0 or 1 for a condition
         */
        int run(CpuSlots slots, int cpu, int value);
    }

    /**
     * What the explorer has to know of a step.
     *
     * @param keepsResult whether what it gives is handed to the next step
     * @param keepsValue whether what was loaded before it is handed on
     * @param thisCpu whether it finds its CPU and acts there in one instruction
     * @param beginsCallback whether the callback begins here
     * @param asks whether a request is made here
     * @param shared whether it touches what other CPUs touch
     */
    record Traits(
            boolean keepsResult,
            boolean keepsValue,
            boolean thisCpu,
            boolean beginsCallback,
            boolean asks,
            boolean shared) {
        static final Traits NONE = new Traits(false, false, false, false, false, false);

        Traits withKeepsResult() {
            return new Traits(true, keepsValue, thisCpu, beginsCallback, asks, shared);
        }

        Traits withKeepsValue() {
            return new Traits(keepsResult, true, thisCpu, beginsCallback, asks, shared);
        }

        Traits withThisCpu() {
            return new Traits(keepsResult, keepsValue, true, beginsCallback, asks, shared);
        }

        Traits withBeginsCallback() {
            return new Traits(keepsResult, keepsValue, thisCpu, true, asks, shared);
        }

        Traits withAsks() {
            return new Traits(keepsResult, keepsValue, thisCpu, beginsCallback, true, shared);
        }

        Traits withShared() {
            return new Traits(keepsResult, keepsValue, thisCpu, beginsCallback, asks, true);
        }
    }
}
