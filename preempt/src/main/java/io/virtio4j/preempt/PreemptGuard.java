// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.PerCpuGuard;
import io.virtio4j.preempt.step.RescheduleCallback;

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
 * <p>Guards nest. Each CPU has one object that stands for all of its guards, so nothing is allocated. A guard is released by the
 * task that took it; the task must not yield or block in between.
 *
 * <p>Thread rules: only for whoever runs as a CPU. Everything else throws {@link IllegalStateException}.
 */
public final class PreemptGuard implements AutoCloseable {
    private final Cpu cpu;
    private final CpuSlots slots;
    private final int index;
    private final RescheduleCallback callback;

    /** The default policy without a cross-check: what the fast path is for. */
    private final boolean plain;

    PreemptGuard(Cpu cpu) {
        this.cpu = cpu;
        this.slots = cpu.slots;
        this.index = cpu.index;
        this.callback = cpu.set.atRelease;
        this.plain = cpu.set.perCpu && !cpu.set.options.crossCheck();
    }

    /**
     * {@return a guard on the CPU on which the caller runs, held}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static PreemptGuard enter() {
        return Cpu.current().guard.count1();
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
        cpu.checkHeld();
        return count1();
    }

    private PreemptGuard count1() {
        int count = plain ? PerCpuGuard.enter(slots, index) : enterCounted();
        if (count > slots.getMaxDepth(index)) {
            slots.setMaxDepthOpaque(index, count);
        }
        return this;
    }

    /**
     * Releases the guard; the outermost calls back if a request to reschedule is pending, and so may return on another CPU.
     *
     * @throws IllegalStateException if the calling thread is not this CPU, or no guard is held on it
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    @Override
    public void close() {
        cpu.checkHeld();
        if (slots.getCount(index) <= 0) {
            throw underflow();
        }
        if (plain) {
            PerCpuGuard.exit(slots, index, callback);
        } else {
            exitCounted();
        }
    }

    private int enterCounted() {
        if (cpu.set.options.crossCheck()) {
            slots.getAndAddGlobalCountAcquire(1);
        }
        return cpu.set.perCpu ? PerCpuGuard.enter(slots, index) : GlobalPendingGuard.enter(slots, index);
    }

    private void exitCounted() {
        if (cpu.set.options.crossCheck()) {
            slots.getAndAddGlobalCountAcquire(-1);
        }
        if (cpu.set.perCpu) {
            PerCpuGuard.exit(slots, index, callback);
        } else {
            GlobalPendingGuard.exit(slots, index, callback);
        }
    }

    private IllegalStateException underflow() {
        return new IllegalStateException(
                "a guard was released on " + cpu + " that is not held: its count is " + slots.getCountOpaque(index));
    }

    @Override
    public String toString() {
        return cpu.guardCount() + " guards on " + cpu;
    }
}
