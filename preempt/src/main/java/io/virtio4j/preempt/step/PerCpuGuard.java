// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

import static io.virtio4j.preempt.step.GuardSteps.beginCallback;
import static io.virtio4j.preempt.step.GuardSteps.clearDraining;
import static io.virtio4j.preempt.step.GuardSteps.clearPending;
import static io.virtio4j.preempt.step.GuardSteps.countRequest;
import static io.virtio4j.preempt.step.GuardSteps.isDraining;
import static io.virtio4j.preempt.step.GuardSteps.isMasked;
import static io.virtio4j.preempt.step.GuardSteps.isPending;
import static io.virtio4j.preempt.step.GuardSteps.loadCount;
import static io.virtio4j.preempt.step.GuardSteps.mask;
import static io.virtio4j.preempt.step.GuardSteps.setDraining;
import static io.virtio4j.preempt.step.GuardSteps.setPending;
import static io.virtio4j.preempt.step.GuardSteps.storeCountMinusOne;
import static io.virtio4j.preempt.step.GuardSteps.storeCountPlusOne;
import static io.virtio4j.preempt.step.GuardSteps.unmask;

/**
 * The default policy: count and flag belong to the CPU. Exploration of every interleaving proves that no request is lost or
 * left lying, that no callback begins with a guard held, and that the stack stays bounded ({@code docs/preempt-drop-race.md}).
 *
 * <p>Nothing stands between two steps here but the decision which is next, and a test compares these methods with the programs
 * that the explorer runs. Nothing allocates. Whoever runs as the CPU calls them.
 *
 * <p>Two rules belong to the proof and are the scheduler's: a task that an interrupt preempted ({@link #exitInterrupt}) goes on
 * on the CPU where it was interrupted; and wherever a task gives up its CPU, draining is set there, and whoever runs next ends
 * it ({@link #endSwitch}, or the rest of the loop that called back).
 */
public final class PerCpuGuard {
    private PerCpuGuard() {}

    /**
     * Takes a guard. Interrupts need not be masked.
     *
     * @param guard of the CPU on which the caller runs
     * @return how many guards the CPU holds now
     */
    public static int enter(GuardPlace guard) {
        int count = loadCount(guard);
        storeCountPlusOne(guard, count);
        return count + 1;
    }

    /**
     * Releases a guard, and calls back when it was the outermost and a request is pending.
     *
     * @param guard of the CPU on which the guard was taken, which is the one on which it is released
     * @return how many guards the CPU held when this one was released; below 0 if there was none to release
     */
    public static int exit(GuardPlace guard) {
        int count = loadCount(guard);
        int left;
        if ((left = storeCountMinusOne(guard, count)) == 0
                && isPending(guard)
                && !isDraining(guard.slots, guard.cpu)
                && !isMasked(guard.slots, guard.cpu)) {
            drain(guard.slots, guard.cpu, guard.callback);
        }
        return left;
    }

    /**
     * Calls back until nothing is pending. With interrupts not masked, a count of 0 and draining not set.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     * @param callback the context switch
     */
    public static void drain(CpuSlots slots, int cpu, RescheduleCallback callback) {
        int current = cpu;
        do {
            setDraining(slots, current);
            clearPending(slots, current);
            beginCallback(slots, current);
            current = callback.reschedule(current);
            clearDraining(slots, current);
        } while (isPending(slots, current)); // an interrupt that found draining set has left its request to this look
    }

    /**
     * Begins an interrupt: its handler runs masked to the end. The count stays what it was, so that the handler can tell whether
     * it interrupted a guard; guards of the handler find interrupts masked and leave the request to {@link #exitInterrupt}.
     *
     * @param slots the state
     * @param cpu the CPU that was interrupted
     */
    public static void enterInterrupt(CpuSlots slots, int cpu) {
        mask(slots, cpu);
    }

    /**
     * Ends an interrupt, and calls back when it interrupted no guard and no drain and a request is pending. A task that is
     * switched away in here goes on on this CPU and no other: it may have read its CPU and not yet counted.
     *
     * @param slots the state
     * @param cpu the CPU that was interrupted
     * @param callback the context switch
     */
    public static void exitInterrupt(CpuSlots slots, int cpu, RescheduleCallback callback) {
        int current = cpu;
        if (loadCount(slots, current) == 0 && isPending(slots, current) && !isDraining(slots, current)) {
            do {
                setDraining(slots, current); // before unmasking, so that the next interrupt returns at once
                unmask(slots, current);
                clearPending(slots, current);
                beginCallback(slots, current);
                current = callback.reschedule(current);
                mask(slots, current); // before draining ends, for the same reason
                clearDraining(slots, current);
            } while (isPending(slots, current));
        }
        unmask(slots, current);
    }

    /**
     * Asks for a callback on the CPU on which the caller runs. In a guard or in an interrupt, whose end looks at the flag. For
     * another CPU: raise an interrupt there.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     */
    public static void request(CpuSlots slots, int cpu) {
        countRequest(slots, cpu);
        setPending(slots, cpu);
    }

    /**
     * Unmasks interrupts outside any interrupt, and looks whether a guard that was released meanwhile left a request.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     * @param callback the context switch
     */
    public static void unmaskAndLook(CpuSlots slots, int cpu, RescheduleCallback callback) {
        unmask(slots, cpu);
        if (loadCount(slots, cpu) == 0 && isPending(slots, cpu) && !isDraining(slots, cpu)) {
            drain(slots, cpu, callback);
        }
    }

    /**
     * Before a task gives up its CPU other than in a callback: it yields, blocks or ends. Count 0, interrupts not masked.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     */
    public static void beginSwitch(CpuSlots slots, int cpu) {
        setDraining(slots, cpu);
    }

    /**
     * First thing in a new task, and in one that gave up its CPU through {@link #beginSwitch} and goes on.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs now
     * @param callback the context switch
     */
    public static void endSwitch(CpuSlots slots, int cpu, RescheduleCallback callback) {
        clearDraining(slots, cpu);
        if (isPending(slots, cpu)) {
            drain(slots, cpu, callback);
        }
    }
}
