// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

/**
 * How a stepped device behaves: all that chance decides is drawn from the seed, so the same plan and the same driver make
 * the same run.
 *
 * @param seed decides everything that is left open here
 * @param completions when a {@link SteppedDevice} completes its chains; another device completes them as it likes
 * @param kicks what becomes of the driver's notifications
 * @param calls what becomes of the device's notifications
 * @param resetDelaySteps how often the driver reads the status in vain before a reset is complete; the device goes on with
 *     its requests meanwhile, one step a read, as a device may. {@link #NEVER}: it never is
 */
public record StepPlan(
        long seed, CompletionPlan completions, NotificationPlan kicks, NotificationPlan calls, int resetDelaySteps) {
    /** A reset that never ends. */
    public static final int NEVER = Integer.MAX_VALUE;

    private static final int ROUGH_DELAY_STEPS = 5;
    private static final int ROUGH_EXTRA_PERCENT = 10;
    private static final int ROUGH_RESET_STEPS = 3;

    /**
     * Checks the range.
     *
     * @param seed any
     * @param completions when chains are completed
     * @param kicks what becomes of the driver's notifications
     * @param calls what becomes of the device's notifications
     * @param resetDelaySteps 0 or more
     */
    public StepPlan {
        if (resetDelaySteps < 0) {
            throw new IllegalArgumentException("a reset takes 0 steps or more, not " + resetDelaySteps);
        }
    }

    /**
     * {@return a device that does everything in order, at once and exactly once; only the order of work on several queues is
     * drawn}
     *
     * @param seed decides what is drawn
     */
    public static StepPlan prompt(long seed) {
        return new StepPlan(seed, CompletionPlan.PROMPT, NotificationPlan.PROMPT, NotificationPlan.PROMPT, 0);
    }

    /**
     * {@return a device that does all that the specification allows: completions out of order, in batches and late,
     * notifications late and more than asked for, resets that take a while. Nothing is lost, and every driver must cope}
     *
     * @param seed decides what is drawn
     */
    public static StepPlan rough(long seed) {
        NotificationPlan late = new NotificationPlan(ROUGH_DELAY_STEPS, 0, ROUGH_EXTRA_PERCENT);
        return new StepPlan(seed, CompletionPlan.ANY_ORDER, late, late, ROUGH_RESET_STEPS);
    }

    /**
     * {@return the same with other completions}
     *
     * @param newCompletions see {@link #completions}
     */
    public StepPlan withCompletions(CompletionPlan newCompletions) {
        return new StepPlan(seed, newCompletions, kicks, calls, resetDelaySteps);
    }

    /**
     * {@return the same with other kicks}
     *
     * @param newKicks see {@link #kicks}
     */
    public StepPlan withKicks(NotificationPlan newKicks) {
        return new StepPlan(seed, completions, newKicks, calls, resetDelaySteps);
    }

    /**
     * {@return the same with other calls}
     *
     * @param newCalls see {@link #calls}
     */
    public StepPlan withCalls(NotificationPlan newCalls) {
        return new StepPlan(seed, completions, kicks, newCalls, resetDelaySteps);
    }

    /**
     * {@return the same with a longer or shorter reset}
     *
     * @param newResetDelaySteps see {@link #resetDelaySteps}
     */
    public StepPlan withResetDelaySteps(int newResetDelaySteps) {
        return new StepPlan(seed, completions, kicks, calls, newResetDelaySteps);
    }
}
