// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where the two sides of a race wait for each other: at a start line, so that they begin their few steps at nearly the same
 * moment, and at the end of a round, so that one side can clear up behind the other. Without it the sides of a sample pass each
 * other by more than a store stays in a processor's buffer.
 *
 * <p>Each side counts how often it has arrived, with release, and looks at the other's count, with acquire: neither empties a
 * store buffer. A side that waited in vain, because the other one is not running, goes; then the other goes at once, and has caught
 * up a few samples later.
 */
final class Meeting {
    /** The one side of it, and the other. */
    static final int PUBLISHER = 0;

    static final int SLEEPER = 1;

    private static final VarHandle ARRIVED = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int GONE = -1;

    /** Some dozen microseconds. A side that another program keeps from its processor is away for longer. */
    private static final int LOOKS = 1 << 14;

    /** One less than a power of two. */
    private static final int MOST_DELAY = 511;

    private final int[] arrived = new int[2];

    /** How long the second to come waits: plain, since it does not matter what it is. */
    private int delay;

    /**
     * Arrives, for the count-th time.
     *
     * @param side who
     * @param count 1 at first, then one more each time
     * @return whether the other side is there too; else it is gone, and so is this one
     */
    boolean arrive(int side, int count) {
        ARRIVED.setRelease(arrived, side, count);
        // Without a spin hint, which would take longer than what follows.
        for (int look = 0; look < LOOKS; look++) {
            int other = (int) ARRIVED.getAcquire(arrived, 1 - side);
            if (other >= count) {
                return true;
            }
            if (other == GONE) {
                break;
            }
        }
        ARRIVED.setRelease(arrived, side, GONE);
        return false;
    }

    /**
     * Arrives at a start line. The first to come learns of the second by a line of memory that moves between the processors; the
     * second knows already and would be ahead by so much, so it waits for between nothing and about twice as long.
     *
     * @param side who
     * @param count as for {@link #arrive}
     * @return as for {@link #arrive}
     */
    boolean start(int side, int count) {
        boolean second = (int) ARRIVED.getOpaque(arrived, 1 - side) >= count;
        if (!arrive(side, count)) {
            return false;
        }
        if (second) {
            int looks = delay & MOST_DELAY;
            delay += 37;
            for (int look = 0; look < looks; look++) {
                ARRIVED.getOpaque(arrived, side);
            }
        }
        return true;
    }
}
