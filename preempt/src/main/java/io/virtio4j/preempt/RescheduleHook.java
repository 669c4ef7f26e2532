// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** The reschedule callback: see {@link Reschedule#registerCallback}. */
@FunctionalInterface
public interface RescheduleHook {
    /**
     * Called when a request to reschedule is pending and no guard is held, with interrupts not masked. It may take interrupts and
     * guards, and give the CPU away with {@link Scheduler#schedule}; it must not yield or block. What it throws is told to the
     * error handler.
     *
     * @param cpu the CPU on which it is called
     */
    void reschedule(Cpu cpu);
}
