// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSleep;
import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.PerCpuGuard;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One of the CPUs of a {@link CpuSet}: an identity that exactly one thread has at a time. That is the thread of the task that runs
 * on it, or of its idle task.
 */
public final class Cpu {
    private static final int MAX_CALLS = 1024;

    final CpuSet set;
    final CpuSlots slots;
    final int index;
    final PreemptGuard guard;
    final IrqPreemptGuard irqGuard;
    final Task idle;
    private final CpuSleep sleep;

    /** Tasks that other CPUs send, each at most once, so there is always room. */
    final MessagePassingQueue<Task> arrivals;

    /** What other CPUs ask to have done. */
    final MessagePassingQueue<CrossCall> calls = new MpscAtomicArrayQueue<>(MAX_CALLS);

    // Written by whoever runs as this CPU, and by nobody else.
    final RunQueue queue;
    int sliceTicks;

    // Written by whoever runs as this CPU; others look.
    private volatile Task running;
    private volatile int load;
    private volatile int switches;
    private volatile long sleeps;

    Cpu(CpuSet set, int index) {
        this.set = set;
        this.slots = set.slots;
        this.index = index;
        this.sleep = new CpuSleep(slots, index);
        this.guard = new PreemptGuard(this);
        this.irqGuard = new IrqPreemptGuard(this);
        int tasks = set.options.maxTasks() + 1; // and the booting thread
        this.arrivals = new MpscAtomicArrayQueue<>(tasks);
        this.queue = new RunQueue(tasks);
        this.idle = Task.idle(this);
        this.running = idle;
    }

    /**
     * {@return the CPU as which the calling thread runs} It stays the same while a {@link PreemptGuard} is held; without one it may
     * be another after any call that can reschedule.
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static Cpu current() {
        Cpu cpu = currentOrNull();
        if (cpu == null) {
            throw new IllegalStateException(
                    "the thread " + Thread.currentThread().getName()
                            + " runs as no CPU: it is no task of a CpuSet and has booted none, or had one and has lost it");
        }
        return cpu;
    }

    static @Nullable Cpu currentOrNull() {
        Task task = Task.currentOrNull();
        return task == null ? null : task.cpu;
    }

    /**
     * Takes the interrupts that were raised for the CPU on which the caller runs, unless they are masked. The only place where
     * interrupts are taken, beside the end of masking and the idle task. Without a guard, the caller may have waited for another
     * task when this returns; it is on the same CPU.
     *
     * @throws IllegalStateException if the calling thread is no CPU
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    public static void interruptPoint() {
        current().takeInterrupts();
    }

    /** {@return its number, from 0} */
    public int index() {
        return index;
    }

    /** {@return the set that it belongs to} */
    public CpuSet set() {
        return set;
    }

    /**
     * {@return a guard, held: {@link PreemptGuard#enter()} for a caller that knows its CPU}
     *
     * @throws IllegalStateException if the calling thread does not run as this CPU
     */
    public PreemptGuard enterGuard() {
        return guard.enterHere();
    }

    /**
     * {@return a guard with interrupts masked, held: {@link IrqPreemptGuard#enter()} for a caller that knows its CPU}
     *
     * @throws IllegalStateException if the calling thread does not run as this CPU
     */
    public IrqPreemptGuard enterIrqGuard() {
        return irqGuard.enterHere();
    }

    /** {@return how many guards are held on it} Any thread; exact for the thread that runs as it. */
    public int guardCount() {
        return slots.getCountOpaque(index);
    }

    /** Throws unless the calling thread runs as this CPU. */
    void checkHeld() {
        guard.checkHeld();
    }

    void heldBy(@Nullable Thread thread) {
        guard.heldBy(thread);
    }

    /**
     * Sets the guards to what they were before a handler or a callback, and tells the error handler if they were not. By whoever runs as
     * this CPU.
     */
    void restoreGuards(int guards, String who) {
        int found = guardCount();
        if (found == guards && !irqGuard.isHeld()) {
            return;
        }
        set.report(new IllegalStateException(who + " left " + found + " guards on " + this + " where it found " + guards
                + (irqGuard.isHeld() ? ", an interrupt guard among them" : "")));
        setGuards(guards);
    }

    /** Sets the guards, in both counts, and none of them an interrupt guard. By whoever runs as this CPU. */
    void setGuards(int guards) {
        if (set.options.crossCheck()) {
            slots.getAndAddGlobalCountAcquire(guards - guardCount());
        }
        irqGuard.forget();
        slots.setCountOpaque(index, guards);
    }

    boolean isInInterrupt() {
        return slots.getNestingOpaque(index) != 0;
    }

    Task running() {
        return running;
    }

    /** The first task of CPU 0, before anybody looks. */
    void bootedBy(Task task) {
        running = task;
        publishLoad();
    }

    /** Gives the CPU away. The caller runs as it no longer when this returns. */
    void handTo(Task next) {
        running = next;
        publishLoad();
        int before = switches; // one writer, which is the caller until it grants
        switches = before + 1;
        sliceTicks = 0;
        guard.heldBy(null);
        if (!next.grant(this)) {
            running = idle; // the booting thread has given up: the idle task sees who waits
            publishLoad();
            idle.grant(this);
        }
    }

    /** How many tasks run or wait here, as others may see it. */
    void publishLoad() {
        load = queue.size() + (running == idle ? 0 : 1);
    }

    int load() {
        return load + arrivals.size();
    }

    int switches() {
        return switches;
    }

    /** Counts a request to reschedule and notes it. By whoever runs as this CPU. */
    void request() {
        if (guardCount() > 0) {
            slots.setDeferredOpaque(index, slots.getDeferredOpaque(index) + 1);
        }
        if (set.perCpu) {
            PerCpuGuard.request(slots, index);
        } else {
            GlobalPendingGuard.request(slots, index);
        }
    }

    /** Raises an interrupt line of this CPU. Any thread. */
    void raise(int line) {
        if (sleep.raise(1L << line)) {
            LockSupport.unpark(idle.thread());
        }
    }

    void takeInterrupts() {
        if (slots.getRaisedOpaque(index) != 0) {
            set.interrupts.deliver(this);
        }
    }

    /** The idle task's: waits until a line is raised, or for no reason, as a parked thread may. */
    void sleepUntilInterrupted() {
        long before = sleeps; // one writer
        sleeps = before + 1;
        Thread.interrupted(); // a handler that interrupted this thread has nobody to tell, and no park would wait
        if (sleep.fallAsleep() && !set.isStopping()) {
            LockSupport.park(this);
        }
        sleep.awake();
    }

    /** The number of the sleep that the CPU is in, with nothing that would end it, or -1. */
    long sleepNumber() {
        long number = sleeps;
        return sleep.isAsleep() && hasNothingToDo() ? number : -1;
    }

    boolean hasNothingToDo() {
        return slots.getRaisedVolatile(index) == 0 && arrivals.isEmpty() && calls.isEmpty();
    }

    @Override
    public String toString() {
        return "CPU " + index;
    }
}
