// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import org.jetbrains.lincheck.Lincheck;

/**
 * Runs two threads in one order after the other, as Lincheck chooses them: it takes every access to memory on the heap and every
 * park as a point where the other thread may go on. A thread that waits for ever is a failure, which it tells with its trace.
 *
 * <p>What the threads share is made by a {@code new} in the program or in a method that it calls. Lincheck was seen to change threads
 * nowhere in an object that came out of a constructor reference ({@code Thing::new}), nor in one that hands itself out of its
 * constructor ({@code Task}, {@code Cpu}) while another constructor waits for it. Such a test tries nothing, and passes.
 *
 * <p>Every order is one that a sequentially consistent machine could show: nothing here speaks of fences.
 */
public final class Interleavings {
    /** The programs here have a few dozen points each. */
    private static final int TRIED = 100;

    private Interleavings() {}

    /**
     * Tries them.
     *
     * @param firstThread the steps of the thread that the program begins in; makes what both share first
     */
    public static void tryAll(Program firstThread) {
        Lincheck.runConcurrentTest(TRIED, () -> {
            try {
                firstThread.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts", e);
            }
        });
    }

    /** What runs; waits for the threads that it starts. */
    @FunctionalInterface
    public interface Program {
        /**
         * Runs.
         *
         * @throws InterruptedException by declaration only
         */
        void run() throws InterruptedException;
    }
}
