// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** What another CPU is asked to do by an inter-processor interrupt: see {@link InterruptController#send}. */
@FunctionalInterface
public interface CrossCall {
    /**
     * Runs on the CPU that was asked, as an interrupt handler does: masked, and without yielding or blocking.
     *
     * @param cpu the CPU on which it runs
     */
    void run(Cpu cpu);
}
