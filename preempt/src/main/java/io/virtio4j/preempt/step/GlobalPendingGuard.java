// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

import static io.virtio4j.preempt.step.GuardSteps.beginCallback;
import static io.virtio4j.preempt.step.GuardSteps.countRequest;
import static io.virtio4j.preempt.step.GuardSteps.fetchAddCount;
import static io.virtio4j.preempt.step.GuardSteps.mask;
import static io.virtio4j.preempt.step.GuardSteps.setGlobalPending;
import static io.virtio4j.preempt.step.GuardSteps.swapGlobalPending;
import static io.virtio4j.preempt.step.GuardSteps.unmask;
import static io.virtio4j.preempt.step.GuardSteps.wasOutermost;

/**
 * The plan's policy, for study: a count for each CPU, one flag for all of them, looked at when an outermost guard is released
 * and nowhere else. It loses requests; {@code docs/preempt-drop-race.md} shows how.
 *
 * <p>Nothing allocates. Whoever runs as the CPU calls these methods.
 */
public final class GlobalPendingGuard {
    private GlobalPendingGuard() {}

    /**
     * Takes a guard.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     * @return how many guards the CPU holds now
     */
    public static int enter(CpuSlots slots, int cpu) {
        return fetchAddCount(slots, cpu, 1) + 1;
    }

    /**
     * Releases a guard, and calls back when it was the outermost and any CPU's request is pending.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     * @param callback the context switch
     */
    public static void exit(CpuSlots slots, int cpu, RescheduleCallback callback) {
        int before = fetchAddCount(slots, cpu, -1);
        if (wasOutermost(before) && swapGlobalPending(slots)) {
            beginCallback(slots, cpu);
            callback.reschedule(cpu);
        }
    }

    /**
     * Begins an interrupt. The count stays as it is.
     *
     * @param slots the state
     * @param cpu the CPU that was interrupted
     */
    public static void enterInterrupt(CpuSlots slots, int cpu) {
        mask(slots, cpu);
    }

    /**
     * Ends an interrupt, and looks at nothing.
     *
     * @param slots the state
     * @param cpu the CPU that was interrupted
     */
    public static void exitInterrupt(CpuSlots slots, int cpu) {
        unmask(slots, cpu);
    }

    /**
     * Asks for a callback.
     *
     * @param slots the state
     * @param cpu the CPU on which the caller runs
     */
    public static void request(CpuSlots slots, int cpu) {
        countRequest(slots, cpu);
        setGlobalPending(slots);
    }
}
