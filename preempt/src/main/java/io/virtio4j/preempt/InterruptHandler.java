// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** What a CPU does when a line of the {@link InterruptController} is raised. */
@FunctionalInterface
public interface InterruptHandler {
    /**
     * Handles an interrupt, on the thread that runs as the CPU, with its interrupts masked. It may raise lines, wake tasks and ask
     * for a reschedule; it must not yield or block. What it throws is told to the error handler.
     *
     * @param cpu the CPU that was interrupted
     * @param line the line, 0 to 63
     */
    void onInterrupt(Cpu cpu, int line);
}
