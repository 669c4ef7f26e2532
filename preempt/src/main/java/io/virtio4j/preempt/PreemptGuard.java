// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.PerCpuGuard;
import org.jspecify.annotations.Nullable;

/**
 * While one is held, the task keeps its CPU: requests to reschedule wait for the outermost release, which calls back. Interrupts are
 * taken meanwhile; {@link IrqPreemptGuard} keeps them out too.
 *
 * <pre>{@code
 * try (PreemptGuard guard = PreemptGuard.enter()) {
 *     ... // the same CPU from here to the end
 * }
 * }</pre>
 *
 * <p>Guards nest. Each CPU has one object that stands for all of its guards, so nothing is allocated; and so {@link #close} is once
 * for each enter: a second one releases the guard around this one, which cannot be told from a right one unless there is none. A
 * guard is released by the task that took it; the task must not yield or block in between.
 *
 * <p>Thread rules: only for whoever runs as a CPU. Everything else throws {@link IllegalStateException}.
 */
@SuppressWarnings("unused") // the padding
public final class PreemptGuard extends GuardFields implements AutoCloseable {
    long after00, after01, after02, after03, after04, after05, after06, after07;
    long after08, after09, after10, after11, after12, after13, after14, after15;

    private final Cpu cpu;

    /** The default policy without a cross-check: what the short way is for. */
    private final boolean plain;

    PreemptGuard(Cpu cpu) {
        super(cpu.slots, cpu.index, cpu.set.atRelease);
        this.cpu = cpu;
        this.plain = cpu.set.perCpu && !cpu.set.options.crossCheck();
    }

    /**
     * {@return a guard on the CPU on which the caller runs, held}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static PreemptGuard enter() {
        return Cpu.current().guard.enterHere();
    }

    /**
     * {@return whether a guard is held on the CPU on which the caller runs}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static boolean isActive() {
        return count() > 0;
    }

    /**
     * {@return how many guards are held on the CPU on which the caller runs}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static int count() {
        return Cpu.current().guardCount();
    }

    /** {@return the CPU that it holds} */
    public Cpu cpu() {
        return cpu;
    }

    /** {@link #enter()} with the CPU at hand. */
    PreemptGuard enterHere() {
        // Only the thread itself writes its name there and takes it away, so a stale value is never the caller's.
        if (plainHolder != Thread.currentThread()) {
            return enterSlowly();
        }
        int count = PerCpuGuard.enter(this);
        if (count > 1) {
            noteDepth(count);
        }
        return this;
    }

    private PreemptGuard enterSlowly() {
        checkHeld();
        noteDepth(enterCounted());
        allowShortWay();
        return this;
    }

    /** The first guard of a CPU goes the long way, so that the short one need not look whether any was noted. */
    private void allowShortWay() {
        plainHolder = plain && deepest > 0 ? holder : null;
    }

    private void noteDepth(int count) {
        if (count > deepest) {
            deepest = count;
            cpu.slots.setMaxDepthOpaque(cpu.index, count);
        }
    }

    /** Throws unless the calling thread runs as this CPU. */
    void checkHeld() {
        if (holder != Thread.currentThread()) {
            throw new IllegalStateException(
                    "the thread " + Thread.currentThread().getName() + " does not run as " + cpu);
        }
    }

    void heldBy(@Nullable Thread thread) {
        holder = thread;
        allowShortWay();
    }

    /**
     * Releases the guard; the outermost calls back if a request to reschedule is pending, and so may return on another CPU.
     *
     * @throws IllegalStateException if the calling thread is not this CPU, or no guard is held on it
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    @Override
    public void close() {
        if (plainHolder == Thread.currentThread()) {
            if (PerCpuGuard.exit(this) < 0) {
                cpu.slots.setCountOpaque(cpu.index, 0);
                throw underflow();
            }
        } else {
            closeSlowly();
        }
    }

    private void closeSlowly() {
        checkHeld();
        if (cpu.guardCount() <= 0) {
            throw underflow();
        }
        exitCounted();
    }

    private int enterCounted() {
        if (cpu.set.options.crossCheck()) {
            cpu.slots.getAndAddGlobalCountAcquire(1);
        }
        return cpu.set.perCpu ? PerCpuGuard.enter(this) : GlobalPendingGuard.enter(cpu.slots, cpu.index);
    }

    private void exitCounted() {
        if (cpu.set.options.crossCheck()) {
            cpu.slots.getAndAddGlobalCountAcquire(-1);
        }
        if (cpu.set.perCpu) {
            PerCpuGuard.exit(this);
        } else {
            GlobalPendingGuard.exit(cpu.slots, cpu.index, cpu.set.atRelease);
        }
    }

    private IllegalStateException underflow() {
        return new IllegalStateException(
                "a guard was released on " + cpu + " that is not held: its count is " + cpu.guardCount());
    }

    @Override
    public String toString() {
        return cpu.guardCount() + " guards on " + cpu;
    }
}
