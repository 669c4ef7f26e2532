// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import java.util.concurrent.locks.LockSupport;

/** What a planted loop without a limit asks: it goes on until its thread is interrupted, but takes no memory and no time to itself. */
public final class Endless {
    /** More rounds than any queue has descriptors; behind them it stands still in place of filling the memory. */
    private static final int ROUNDS = 100_000;

    private static int rounds;

    private Endless() {}

    /** {@return whether the loop ends, which it does only for who waits no longer} */
    public static synchronized boolean isOver() {
        if (++rounds < ROUNDS) {
            return false;
        }
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Endless.class, 1_000_000);
        }
        return true;
    }
}
