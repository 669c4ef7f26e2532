// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

/**
 * What becomes of notifications of one kind: kicks (available-buffer notifications) or calls (used-buffer notifications).
 * VirtIO 1.2, 2.3 Notifications.
 *
 * @param maxDelaySteps each arrives 1 up to 1 + so many steps after it was sent; two may overtake each other
 * @param lostPercent how many of 100 never arrive. No real transport loses one: this shows what a driver's own bounds do
 * @param extraPercent after how many of 100 another one arrives that nobody asked for
 */
public record NotificationPlan(int maxDelaySteps, int lostPercent, int extraPercent) {
    /** Each arrives once, in the next step. */
    public static final NotificationPlan PROMPT = new NotificationPlan(0, 0, 0);

    private static final int ALL_PERCENT = 100;

    /**
     * Checks the ranges.
     *
     * @param maxDelaySteps 0 or more
     * @param lostPercent 0..100
     * @param extraPercent 0..100
     */
    public NotificationPlan {
        if (maxDelaySteps < 0 || maxDelaySteps == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a delay is 0 steps or more, not " + maxDelaySteps);
        }
        requirePercent(lostPercent);
        requirePercent(extraPercent);
    }

    static void requirePercent(int percent) {
        if (percent < 0 || percent > ALL_PERCENT) {
            throw new IllegalArgumentException("a percentage is 0..100, not " + percent);
        }
    }

    /**
     * {@return the same with another delay}
     *
     * @param newMaxDelaySteps see {@link #maxDelaySteps}
     */
    public NotificationPlan withMaxDelaySteps(int newMaxDelaySteps) {
        return new NotificationPlan(newMaxDelaySteps, lostPercent, extraPercent);
    }

    /**
     * {@return the same, so many of 100 being lost}
     *
     * @param newLostPercent 0..100
     */
    public NotificationPlan withLostPercent(int newLostPercent) {
        return new NotificationPlan(maxDelaySteps, newLostPercent, extraPercent);
    }

    /**
     * {@return the same, so many of 100 being followed by one that nobody asked for}
     *
     * @param newExtraPercent 0..100
     */
    public NotificationPlan withExtraPercent(int newExtraPercent) {
        return new NotificationPlan(maxDelaySteps, lostPercent, newExtraPercent);
    }
}
