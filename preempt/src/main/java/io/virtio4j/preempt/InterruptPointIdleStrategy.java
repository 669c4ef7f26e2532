// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import org.agrona.concurrent.IdleStrategy;

/**
 * Waits by taking interrupts: whoever spins with it, such as a driver that waits for its device, lets its CPU be interrupted.
 * Every idle is an interrupt point and a spin hint. No state, no allocation; for threads that run as a CPU.
 */
public final class InterruptPointIdleStrategy implements IdleStrategy {
    /** The only one that is needed. */
    public static final InterruptPointIdleStrategy INSTANCE = new InterruptPointIdleStrategy();

    private static final String ALIAS = "interrupt-point";

    private InterruptPointIdleStrategy() {}

    @Override
    public void idle(int workCount) {
        if (workCount <= 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        Cpu.interruptPoint();
        Thread.onSpinWait();
    }

    @Override
    public void reset() {}

    @Override
    public String alias() {
        return ALIAS;
    }
}
