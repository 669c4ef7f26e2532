// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

/**
 * The steps of which guards and interrupts are made. An interrupt can be taken between any two of them and never inside one; a
 * step makes one access to what interrupts or other CPUs look at.
 *
 * <p>Thread rules: whoever runs as the CPU calls them, except {@link #raise}, which anybody may call.
 */
public final class GuardSteps {
    private GuardSteps() {}

    // ---- the count: one writer, so a load and a store are enough; an interrupt between them leaves the count as it
    // was

    /**
     * Loads the count.
     *
     * @param slots the state
     * @param cpu the CPU
     * @return the count
     */
    public static int loadCount(CpuSlots slots, int cpu) {
        return slots.getCount(cpu);
    }

    /**
     * Stores a count that is one higher.
     *
     * @param slots the state
     * @param cpu the CPU
     * @param count the count that was loaded
     */
    public static void storeCountPlusOne(CpuSlots slots, int cpu, int count) {
        slots.setCount(cpu, count + 1);
    }

    /**
     * Stores a count that is one lower.
     *
     * @param slots the state
     * @param cpu the CPU
     * @param count the count that was loaded
     * @return the count that was stored
     */
    public static int storeCountMinusOne(CpuSlots slots, int cpu, int count) {
        slots.setCount(cpu, count - 1);
        return count - 1;
    }

    // ---- the same for a guard, which knows the place of its count

    /**
     * Loads the count.
     *
     * @param guard the CPU's
     * @return the count
     */
    public static int loadCount(GuardPlace guard) {
        return CpuSlots.getCount(guard);
    }

    /**
     * Stores a count that is one higher.
     *
     * @param guard the CPU's
     * @param count the count that was loaded
     */
    public static void storeCountPlusOne(GuardPlace guard, int count) {
        CpuSlots.setCount(guard, count + 1);
    }

    /**
     * Stores a count that is one lower.
     *
     * @param guard the CPU's
     * @param count the count that was loaded
     * @return the count that was stored
     */
    public static int storeCountMinusOne(GuardPlace guard, int count) {
        CpuSlots.setCount(guard, count - 1);
        return count - 1;
    }

    /**
     * Whether a callback is owed.
     *
     * @param guard the CPU's
     * @return whether it is
     */
    public static boolean isPending(GuardPlace guard) {
        return CpuSlots.getPending(guard) != 0;
    }

    // ---- what decides whether a callback runs now

    /**
     * Whether a callback is owed.
     *
     * @param slots the state
     * @param cpu the CPU
     * @return whether it is
     */
    public static boolean isPending(CpuSlots slots, int cpu) {
        return slots.getPending(cpu) != 0;
    }

    /**
     * Whether callbacks run or tasks switch here already: whoever does that looks at {@link #isPending} again when it is done.
     *
     * @param slots the state
     * @param cpu the CPU
     * @return whether they do
     */
    public static boolean isDraining(CpuSlots slots, int cpu) {
        return slots.getDrainingOpaque(cpu) != 0;
    }

    /**
     * Whether interrupts are masked: whoever unmasks them looks at {@link #isPending} again.
     *
     * @param slots the state
     * @param cpu the CPU
     * @return whether they are
     */
    public static boolean isMasked(CpuSlots slots, int cpu) {
        return slots.getMaskedOpaque(cpu) != 0;
    }

    // ---- the drain

    /**
     * Says that from here on somebody looks at {@link #isPending} before it leaves, so that interrupts need not.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void setDraining(CpuSlots slots, int cpu) {
        slots.setDrainingOpaque(cpu, 1);
    }

    /**
     * Ends what {@link #setDraining} began, by the same task or by the one that was switched to.
     *
     * @param slots the state
     * @param cpu the CPU, read again after the switch
     */
    public static void clearDraining(CpuSlots slots, int cpu) {
        slots.setDrainingOpaque(cpu, 0);
    }

    /**
     * Takes the flag. Before the callback, so that a request made while it runs is not taken with it.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void clearPending(CpuSlots slots, int cpu) {
        slots.setPendingOpaque(cpu, 0);
    }

    /**
     * Counts a callback, and the requests that it serves: all that were made until now.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void beginCallback(CpuSlots slots, int cpu) {
        slots.setServedOpaque(cpu, slots.getRequestsOpaque(cpu));
        slots.setCallbacksOpaque(cpu, slots.getCallbacksOpaque(cpu) + 1);
    }

    // ---- interrupts

    /**
     * Masks interrupts.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void mask(CpuSlots slots, int cpu) {
        slots.setMaskedOpaque(cpu, 1);
    }

    /**
     * Unmasks interrupts.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void unmask(CpuSlots slots, int cpu) {
        slots.setMaskedOpaque(cpu, 0);
    }

    /**
     * Raises interrupt lines of any CPU. Partner: {@link #takeRaised}.
     *
     * @param slots the state
     * @param cpu the CPU that is interrupted
     * @param lines a bit for each line
     * @return the lines that were raised before
     */
    public static long raise(CpuSlots slots, int cpu, long lines) {
        return slots.getAndBitwiseOrRaisedVolatile(cpu, lines);
    }

    /**
     * Takes every raised line at once. Acquire: partner {@link #raise}.
     *
     * @param slots the state
     * @param cpu the CPU that was interrupted
     * @return the lines that were raised
     */
    public static long takeRaised(CpuSlots slots, int cpu) {
        return slots.getAndSetRaisedAcquire(cpu, 0);
    }

    // ---- a request, made on the CPU that it is for, in a guard or in an interrupt

    /**
     * Counts a request.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void countRequest(CpuSlots slots, int cpu) {
        slots.setRequestsOpaque(cpu, slots.getRequestsOpaque(cpu) + 1);
    }

    /**
     * Sets the flag: a callback is owed.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public static void setPending(CpuSlots slots, int cpu) {
        slots.setPendingOpaque(cpu, 1);
    }

    // ---- the plan's own: a count changed in one access, and one flag for all CPUs

    /**
     * Adds to the count in one access.
     *
     * @param slots the state
     * @param cpu the CPU
     * @param delta what to add
     * @return the count before
     */
    public static int fetchAddCount(CpuSlots slots, int cpu, int delta) {
        return slots.getAndAddCountAcquire(cpu, delta);
    }

    /**
     * Whether the count was 1, so that the outermost guard was released.
     *
     * @param before the count before
     * @return whether it was
     */
    public static boolean wasOutermost(int before) {
        return before == 1;
    }

    /**
     * Sets the flag of all CPUs.
     *
     * @param slots the state
     */
    public static void setGlobalPending(CpuSlots slots) {
        slots.setGlobalPendingVolatile(1);
    }

    /**
     * Takes the flag of all CPUs.
     *
     * @param slots the state
     * @return whether it was set
     */
    public static boolean swapGlobalPending(CpuSlots slots) {
        return slots.getAndSetGlobalPendingVolatile(0) != 0;
    }
}
