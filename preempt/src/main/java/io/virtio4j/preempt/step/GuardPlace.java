// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

/**
 * What a guard keeps of its CPU: where the count and the flag lie, and what only the slow way needs. A guard is this object, so that
 * an access to its count is one load of an address and one of the count; found anew from the slots it costs as much again.
 *
 * <p>Thread rules: none of these fields changes.
 */
public abstract class GuardPlace {
    final CpuSlots slots;
    final long place;
    final int cpu;
    final RescheduleCallback callback;

    /**
     * Makes it for one CPU.
     *
     * @param slots the state; kept as long as this is
     * @param cpu the CPU
     * @param callback the context switch
     */
    protected GuardPlace(CpuSlots slots, int cpu, RescheduleCallback callback) {
        this.slots = slots;
        this.place = slots.place(cpu);
        this.cpu = cpu;
        this.callback = callback;
    }
}
