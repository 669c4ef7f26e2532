// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.GuardSteps;

/**
 * A {@link PreemptGuard} with interrupts masked: nothing else happens on the CPU while it is held. Nests, in guards and in
 * handlers too; the outermost release restores what it found. Each CPU has one object, so nothing is allocated.
 *
 * <p>At the release interrupts are unmasked first, and what was raised meanwhile is taken with the guard still held; then the guard
 * is released, and calls back for what those interrupts asked.
 *
 * <p>Thread rules: as {@link PreemptGuard}.
 */
public final class IrqPreemptGuard implements AutoCloseable {
    private final Cpu cpu;

    // Written by whoever runs as the CPU. No handler runs while the depth is above 0, and no task is switched.
    private int depth;
    private boolean wasMasked;

    IrqPreemptGuard(Cpu cpu) {
        this.cpu = cpu;
    }

    /**
     * {@return a guard on the CPU on which the caller runs, held, with interrupts masked}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static IrqPreemptGuard enter() {
        return Cpu.current().irqGuard.enterHere();
    }

    IrqPreemptGuard enterHere() {
        // The guard first: it throws when the caller is not this CPU. An interrupt between the two finds a guard.
        cpu.guard.enterHere();
        if (depth++ == 0) {
            wasMasked = GuardSteps.isMasked(cpu.slots, cpu.index);
            GuardSteps.mask(cpu.slots, cpu.index);
        }
        return this;
    }

    /** {@return the CPU that it holds} */
    public Cpu cpu() {
        return cpu;
    }

    /**
     * Releases the guard; the outermost unmasks interrupts, unless they were masked before, and takes those that were raised.
     *
     * @throws IllegalStateException if the calling thread is not this CPU, or none is held on it
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    @Override
    public void close() {
        cpu.checkHeld();
        if (depth == 0) {
            throw new IllegalStateException("an interrupt guard was released on " + cpu + " that is not held");
        }
        if (--depth == 0 && !wasMasked) {
            GuardSteps.unmask(cpu.slots, cpu.index);
            cpu.takeInterrupts();
        }
        cpu.guard.close();
    }

    boolean isHeld() {
        return depth > 0;
    }

    /** For a task that ended with it held. */
    void forget() {
        depth = 0;
    }
}
