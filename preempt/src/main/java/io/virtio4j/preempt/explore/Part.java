// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.Locale;

/** The parts of a guard, each with a program of its own, and the tasks and interrupts that use them. */
enum Part {
    /** Takes a guard. */
    ENTER,
    /** Releases one. */
    EXIT,
    /** Calls back until nothing is pending. */
    DRAIN,
    /** Begins an interrupt. */
    ENTER_INTERRUPT,
    /** Ends it. */
    EXIT_INTERRUPT,
    /** Asks for a callback on the CPU it runs on, from a task that holds a guard. */
    REQUEST,
    /** The same from an interrupt. */
    INTERRUPT_REQUEST,
    /** Runs before a task gives up its CPU by itself. */
    BEGIN_SWITCH,
    /** Runs when a task that is new or gave up its CPU has one. */
    END_SWITCH,
    /** Masks interrupts. */
    MASK,
    /** Unmasks them. */
    UNMASK,
    /** What is called back: a context switch. */
    CALLBACK,
    /** The same, with a guard of its own before the switch, as a scheduler's lock has. */
    GUARDED_CALLBACK,
    /** The same, with interrupts masked around its guard, as a run queue's lock has them. */
    MASKED_CALLBACK,
    /** A timer interrupt that asks for a callback on its own CPU. */
    PLAIN_TIMER,
    /** The same, in a guard of the handler. */
    GUARDED_TIMER,
    /** A timer interrupt that asks for a callback on the next CPU. */
    SENDING_TIMER,
    /** An interrupt from another CPU. */
    IPI,
    /** An idle CPU. */
    IDLE,
    /** A task with one guard. */
    SINGLE_TASK,
    /** A task that nests two guards. */
    NESTING_TASK,
    /** A task that, in a guard, asks for a callback on the next CPU. */
    SENDING_TASK,
    /** A task that, in a guard, asks for a callback on its own CPU. */
    ASKING_TASK,
    /** A task that masks interrupts in a guard, asks, and unmasks them before it releases the guard. */
    UNMASKING_TASK,
    /** A task that yields, and then takes and releases a guard, with a request, while interrupts are masked. */
    MASKING_TASK;

    /** {@return the name in a trace} */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    boolean isCallback() {
        return this == CALLBACK || this == GUARDED_CALLBACK || this == MASKED_CALLBACK;
    }

    boolean isInterrupt() {
        return this == PLAIN_TIMER || this == GUARDED_TIMER || this == SENDING_TIMER || this == IPI;
    }
}
