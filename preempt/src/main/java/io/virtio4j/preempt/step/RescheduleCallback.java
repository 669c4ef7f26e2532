// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

/** What a guard calls when a reschedule was asked for while it was held: a context switch. */
@FunctionalInterface
public interface RescheduleCallback {
    /**
     * Gives the CPU to whoever should have it. Called with a count of 0 and, by default, with interrupts not masked.
     *
     * @param cpu the CPU on which it is called
     * @return the CPU on which it returns, another one where the task migrated meanwhile
     */
    int reschedule(int cpu);
}
