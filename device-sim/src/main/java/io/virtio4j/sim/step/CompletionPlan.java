// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

/**
 * When a {@link SteppedDevice} completes the chains that it has taken. Steps are turns that the device got: of its queues
 * and of its own work.
 *
 * @param outOfOrder whether any chain may overtake any other; otherwise a queue's chains end in the order in which they were
 *     taken. Where IN_ORDER was negotiated the driver sees them in that order in either case
 * @param minDelaySteps a chain is held at least so long
 * @param maxDelaySteps and is ready to be completed after so long at most
 * @param dropPercent how many of 100 chains are never completed: the device owns them until it is reset
 * @param maxBatch a step completes up to so many chains and shows them together, 1 or more
 */
public record CompletionPlan(boolean outOfOrder, int minDelaySteps, int maxDelaySteps, int dropPercent, int maxBatch) {
    /** One chain at a time, in order, at once, each of them. */
    public static final CompletionPlan PROMPT = new CompletionPlan(false, 0, 0, 0, 1);

    /** In any order, up to 4 together, held for up to 8 steps, each of them. */
    public static final CompletionPlan ANY_ORDER = new CompletionPlan(true, 0, 8, 0, 4);

    /**
     * Checks the ranges.
     *
     * @param outOfOrder whether any chain may overtake any other
     * @param minDelaySteps 0 or more
     * @param maxDelaySteps not less than the minimum
     * @param dropPercent 0..100
     * @param maxBatch 1 or more
     */
    public CompletionPlan {
        if (minDelaySteps < 0 || maxDelaySteps < minDelaySteps || maxDelaySteps == Integer.MAX_VALUE || maxBatch < 1) {
            throw new IllegalArgumentException("a chain is held for min..max steps, and at least 1 is completed: "
                    + minDelaySteps + ".." + maxDelaySteps + " steps, batches of " + maxBatch);
        }
        NotificationPlan.requirePercent(dropPercent);
    }

    /**
     * {@return the same, chains being held for a number of steps out of this range}
     *
     * @param newMinDelaySteps at least so long
     * @param newMaxDelaySteps at most so long
     */
    public CompletionPlan withDelaySteps(int newMinDelaySteps, int newMaxDelaySteps) {
        return new CompletionPlan(outOfOrder, newMinDelaySteps, newMaxDelaySteps, dropPercent, maxBatch);
    }

    /**
     * {@return the same, so many of 100 chains never being completed}
     *
     * @param newDropPercent 0..100
     */
    public CompletionPlan withDropPercent(int newDropPercent) {
        return new CompletionPlan(outOfOrder, minDelaySteps, maxDelaySteps, newDropPercent, maxBatch);
    }

    /**
     * {@return the same with other batches}
     *
     * @param newMaxBatch 1 or more
     */
    public CompletionPlan withMaxBatch(int newMaxBatch) {
        return new CompletionPlan(outOfOrder, minDelaySteps, maxDelaySteps, dropPercent, newMaxBatch);
    }
}
