// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.GuardSteps;
import io.virtio4j.preempt.step.PerCpuGuard;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The interrupt lines of a {@link CpuSet}. A line that is raised interrupts the CPU that it is routed to; that CPU takes it at its next
 * {@link Cpu#interruptPoint()}, and at once when it sleeps. Raised twice before it is taken, it is taken once. Handlers run on the
 * CPU's own thread with interrupts masked; at their end the CPU reschedules if that was asked for and no guard is held.
 *
 * <p>Thread rules: any thread raises, routes and registers. Masking is for whoever runs as the CPU.
 */
public final class InterruptController {
    /** How many lines there are. */
    public static final int LINES = 64;

    /** The timer's line. */
    public static final int TIMER = 0;

    /** An inter-processor interrupt: reschedule. */
    public static final int RESCHEDULE = 1;

    /** An inter-processor interrupt: look into the mailboxes. */
    public static final int CALL = 2;

    /** The first line that is free for users; the ones below have handlers of their own. */
    public static final int FIRST_FREE = 3;

    private final CpuSet set;
    private final AtomicReferenceArray<InterruptHandler> handlers = new AtomicReferenceArray<>(LINES);
    private final AtomicReferenceArray<Cpu> routes = new AtomicReferenceArray<>(LINES);

    InterruptController(CpuSet set) {
        this.set = set;
    }

    /** Routes every line to the first CPU, and gives the lowest lines their handlers. */
    void start() {
        for (int line = 0; line < LINES; line++) {
            routes.set(line, set.cpu(0));
        }
        handlers.set(TIMER, (cpu, line) -> set.scheduler.tick(cpu));
        handlers.set(RESCHEDULE, (cpu, line) -> set.scheduler.requestFromInterrupt(cpu));
        handlers.set(CALL, (cpu, line) -> takeCalls(cpu));
    }

    /**
     * Names what a line does.
     *
     * @param line {@link #FIRST_FREE} to 63
     * @param handler runs when the line is taken
     * @throws IllegalArgumentException if the line is out of range
     */
    public void register(int line, InterruptHandler handler) {
        if (line < FIRST_FREE || line >= LINES) {
            throw new IllegalArgumentException("lines " + FIRST_FREE + " to " + (LINES - 1) + " are free, not " + line);
        }
        handlers.set(line, Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Chooses the CPU that a line interrupts; the first one until then, for the timer too.
     *
     * @param line 0 to 63
     * @param cpu a CPU of this set
     * @throws IllegalArgumentException if the line is out of range, or the CPU of another set
     */
    public void route(int line, Cpu cpu) {
        checkLine(line);
        checkOurs(cpu);
        routes.set(line, cpu);
    }

    /**
     * Raises a line for the CPU that it is routed to. Any thread; allocates nothing.
     *
     * @param line 0 to 63
     * @throws IllegalArgumentException if the line is out of range
     * @throws IllegalStateException if the line has no handler
     */
    public void raise(int line) {
        checkLine(line);
        raise(line, routes.get(line));
    }

    /**
     * Raises a line for a CPU, wherever it is routed to. Any thread; allocates nothing.
     *
     * @param line 0 to 63
     * @param cpu a CPU of this set
     * @throws IllegalArgumentException if the line is out of range, or the CPU of another set
     * @throws IllegalStateException if the line has no handler
     */
    public void raise(int line, Cpu cpu) {
        checkLine(line);
        checkOurs(cpu);
        if (handlers.get(line) == null) {
            throw new IllegalStateException("interrupt line " + line + " was raised and has no handler");
        }
        cpu.raise(line);
    }

    /**
     * Sends an inter-processor interrupt: has something done on another CPU. Any thread; allocates nothing.
     *
     * @param cpu a CPU of this set
     * @param call what to do there
     * @return false when that CPU has 1024 calls to do already: then this one is not done
     * @throws IllegalArgumentException if the CPU is of another set
     */
    public boolean send(Cpu cpu, CrossCall call) {
        checkOurs(cpu);
        if (!cpu.calls.offer(call)) {
            return false;
        }
        cpu.raise(CALL);
        return true;
    }

    /**
     * Masks interrupts on the CPU on which the caller runs. Without a guard it may still not yield or block; does not nest.
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static void mask() {
        Cpu cpu = Cpu.current();
        GuardSteps.mask(cpu.slots, cpu.index);
    }

    /**
     * Unmasks interrupts on the CPU on which the caller runs, and takes those that were raised; the task may have waited for others,
     * and be on another CPU, when this returns.
     *
     * @throws IllegalStateException if the calling thread is no CPU, in a handler, or while an {@link IrqPreemptGuard} is held
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    public static void unmask() {
        Cpu cpu = Cpu.current();
        if (cpu.isInInterrupt() || cpu.irqGuard.isHeld()) {
            throw new IllegalStateException(
                    "interrupts were unmasked on " + cpu + " in a handler or an interrupt guard");
        }
        if (cpu.set.perCpu) {
            PerCpuGuard.unmaskAndLook(cpu.slots, cpu.index, cpu.set.atRelease);
        } else {
            GuardSteps.unmask(cpu.slots, cpu.index);
        }
        Cpu.interruptPoint();
    }

    /**
     * {@return whether interrupts are masked on the CPU on which the caller runs}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static boolean isMasked() {
        Cpu cpu = Cpu.current();
        return GuardSteps.isMasked(cpu.slots, cpu.index);
    }

    /** Takes every raised line once. By whoever runs as the CPU. */
    void deliver(Cpu cpu) {
        CpuSlots slots = cpu.slots;
        int index = cpu.index;
        if (GuardSteps.isMasked(slots, index)) {
            return;
        }
        if (set.perCpu) {
            PerCpuGuard.enterInterrupt(slots, index);
        } else {
            GlobalPendingGuard.enterInterrupt(slots, index);
        }
        slots.setNestingOpaque(index, 1);
        int guards = cpu.guardCount();
        for (long lines = GuardSteps.takeRaised(slots, index); lines != 0; lines &= lines - 1) {
            handle(cpu, Long.numberOfTrailingZeros(lines));
        }
        cpu.restoreGuards(guards, "an interrupt handler");
        slots.setNestingOpaque(index, 0);
        // The plan's fourth call site, after an interrupt: with a guard held there is no switch here, the release does
        // it.
        if (set.perCpu) {
            PerCpuGuard.exitInterrupt(slots, index, set.atInterruptExit);
        } else {
            GlobalPendingGuard.exitInterrupt(slots, index);
        }
        set.scheduler.stopIfClosed(cpu);
    }

    private void handle(Cpu cpu, int line) {
        try {
            handlers.get(line).onInterrupt(cpu, line);
        } catch (Throwable e) {
            set.report(e);
        }
    }

    private void takeCalls(Cpu cpu) {
        set.scheduler.takeArrivals(cpu);
        // Those that are here now: a call may send itself again. Each that comes later has raised the line again.
        for (int left = cpu.calls.size(); left > 0; left--) {
            CrossCall call = cpu.calls.poll();
            if (call == null) {
                return;
            }
            try {
                call.run(cpu);
            } catch (Throwable e) {
                set.report(e);
            }
        }
    }

    private static void checkLine(int line) {
        if (line < 0 || line >= LINES) {
            throw new IllegalArgumentException("interrupt lines are 0 to " + (LINES - 1) + ", not " + line);
        }
    }

    private void checkOurs(Cpu cpu) {
        if (cpu.set != set) {
            throw new IllegalArgumentException(cpu + " belongs to another CpuSet");
        }
    }
}
