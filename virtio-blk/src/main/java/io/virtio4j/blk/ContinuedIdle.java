// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import org.agrona.concurrent.IdleStrategy;

/**
 * One wait of several slices: the driver's queue resets its idle strategy whenever it begins to spin, and one that sleeps
 * longer and longer would never get to sleep if it began anew with every slice.
 */
final class ContinuedIdle implements IdleStrategy {
    private final IdleStrategy idle;

    ContinuedIdle(IdleStrategy idle) {
        this.idle = idle;
    }

    /** A new wait begins. */
    void begin() {
        idle.reset();
    }

    @Override
    public void idle(int workCount) {
        idle.idle(workCount);
    }

    @Override
    public void idle() {
        idle.idle();
    }

    @Override
    public void reset() {
        // The next slice of the same wait.
    }
}
