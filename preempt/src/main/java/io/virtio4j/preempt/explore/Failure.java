// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

/** What an exploration looks for. */
public enum Failure {
    /** All is quiet, a callback is owed, and the flag that should say so is clear. */
    LOST("request lost"),
    /** All is quiet, a callback is owed and flagged, and nobody looks. */
    STRANDED("request stranded"),
    /** A callback, which is a context switch, begins although its CPU counts a guard. */
    CALLBACK_WITH_COUNT("callback with count above 0"),
    /** A callback begins in a task that holds a guard: the count of its CPU does not know of it. */
    CALLBACK_IN_GUARD("task switched inside its guard"),
    /** A callback begins with interrupts masked, in a handler or in a task. */
    CALLBACK_MASKED("callback with interrupts masked"),
    /** A count falls below 0, or is not 0 when no guard is held. */
    WRONG_COUNT("wrong CPU counted"),
    /** Callbacks or interrupts nest on one stack, one deeper for each interrupt. */
    NESTING("stack grows with every interrupt"),
    /** Callbacks follow each other on a CPU, and nobody has asked for them. */
    ENDLESS("callbacks without end"),
    /** A CPU is left with interrupts masked. */
    LEFT_MASKED("interrupts left masked");

    private final String text;

    Failure(String text) {
        this.text = text;
    }

    /** {@return in words} */
    public String text() {
        return text;
    }
}
