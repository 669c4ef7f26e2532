// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs on a CPU, on a thread of its own: so it can be preempted in the middle of its stack and go on elsewhere. Made
 * by {@link Scheduler#spawn}; the thread that boots a {@link CpuSet} is one too.
 */
public final class Task {
    /** Where a task stands. */
    public enum State {
        /** On a CPU. */
        RUNNING,
        /** Waits for a CPU. */
        READY,
        /** Waits to be woken. */
        BLOCKED,
        /** Has returned, thrown, or been stopped. */
        ENDED
    }

    // The life of a task, apart from where it waits. A wake ends ASLEEP and is kept in every other state; the end of a
    // task that is waited for ends the two kinds of JOINING, and nothing else: so a join uses up no wake, and an old
    // join ends no block.
    private static final int AWAKE = 0;
    private static final int NOTIFIED = 1;
    private static final int ASLEEP = 2;
    private static final int OVER = 3;
    private static final int JOINING = 4;
    private static final int JOINING_NOTIFIED = 5;

    private static final long JOIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** In the place of a grant: it waits for a CPU no longer. */
    private static final Object GONE = new Object();

    private static final VarHandle LIFE;
    private static final VarHandle GRANTED;
    private static final ThreadLocal<Task> ADOPTED = new ThreadLocal<>();

    static {
        try {
            LIFE = MethodHandles.lookup().findVarHandle(Task.class, "life", int.class);
            GRANTED = MethodHandles.lookup().findVarHandle(Task.class, "granted", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CpuSet set;
    private final String name;
    private final long allowedCpus;
    private final Thread thread;
    private final boolean adopted;

    /** As which CPU it runs. Written and read by its own thread. */
    @Nullable
    Cpu cpu;

    /** The baton: a {@link Cpu} that it may run as from now on. Set by whoever gives that up, taken by its own thread; or {@link #GONE}. */
    private volatile @Nullable Object granted;

    @SuppressWarnings("unused") // through LIFE
    private volatile int life;

    // The callbacks in progress on its own stack. Its own thread's alone: a field of the CPU would be another task's
    // after a switch.
    private int callbacks;
    private boolean calledFromInterrupt;

    /** Was interrupted and not asked: it goes on where it was. Looked at by whoever runs as the CPU in whose queue it waits. */
    private boolean held;

    private @Nullable Cpu last;
    private volatile long migrations;
    private volatile @Nullable Task joiner;

    private Task(CpuSet set, String name, long allowedCpus, @Nullable Thread adopted, Runnable body) {
        this.set = set;
        this.name = name;
        this.allowedCpus = allowedCpus;
        this.adopted = adopted != null;
        this.thread = adopted != null ? adopted : new CpuThread(this, body, "preempt-" + name);
    }

    static Task spawned(CpuSet set, String name, long allowedCpus, Runnable body) {
        return new Task(set, name, allowedCpus, null, body);
    }

    static Task idle(Cpu cpu) {
        return new Task(cpu.set, "idle-" + cpu.index, 1L << cpu.index, null, () -> cpu.set.scheduler.idle(cpu));
    }

    /** Makes the calling thread the task that runs on a CPU that nobody has held yet. */
    static Task adopt(Cpu cpu) {
        if (currentOrNull() != null) {
            throw new IllegalStateException(
                    "the thread " + Thread.currentThread().getName() + " is a task of a CpuSet already");
        }
        Task task = new Task(cpu.set, "boot", 1L << cpu.index, Thread.currentThread(), () -> {});
        ADOPTED.set(task);
        task.take(cpu);
        return task;
    }

    /** Ends what {@link #adopt} began. */
    void letGo() {
        Cpu mine = cpu;
        if (mine != null) {
            mine.heldBy(null);
        }
        cpu = null;
        life = OVER;
        ADOPTED.remove();
    }

    static @Nullable Task currentOrNull() {
        return Thread.currentThread() instanceof CpuThread own ? own.task : ADOPTED.get();
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return where it stands now; any thread} */
    public State state() {
        return switch ((int) LIFE.getOpaque(this)) {
            case OVER -> State.ENDED;
            case ASLEEP, JOINING, JOINING_NOTIFIED -> State.BLOCKED;
            default -> set.isRunning(this) ? State.RUNNING : State.READY;
        };
    }

    /** {@return how many times it went on on another CPU than before; any thread} */
    public long migrations() {
        return migrations;
    }

    /**
     * Waits until the task has ended. From a task, its CPU goes to others meanwhile. The task may be of another set than the caller,
     * who goes on on a CPU of its own set. A {@link Scheduler#wake} that comes meanwhile is kept for the next {@link Scheduler#block}.
     * An interrupt of the calling thread does not end the wait, and is kept.
     *
     * @param timeoutNanos how long at most
     * @return whether it has ended
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     * @throws IllegalStateException if a guard is held, interrupts are masked, or a task waits for itself
     */
    public boolean join(long timeoutNanos) {
        Task caller = currentOrNull();
        if (caller == this) {
            throw new IllegalStateException("the task " + name + " waits for itself to end");
        }
        if (caller != null && caller.cpu != null) {
            Scheduler.checkMayJoin(caller.cpu); // also when there is nothing to wait for
        }
        long deadline = System.nanoTime() + timeoutNanos;
        long remaining = timeoutNanos;
        boolean interrupted = false;
        try {
            while (!isOver() && remaining > 0) {
                // Of several that wait for one task, the end wakes the last.
                long wait = Math.min(remaining, JOIN_POLL_NANOS);
                if (caller != null && caller.cpu != null) {
                    joiner = caller;
                    Scheduler.awaitEnd(this, wait);
                } else {
                    LockSupport.parkNanos(this, wait);
                    interrupted |= Thread.interrupted(); // else the next park returns at once
                }
                remaining = deadline - System.nanoTime();
            }
            return isOver();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Thread thread() {
        return thread;
    }

    boolean isAdopted() {
        return adopted;
    }

    boolean mayRunOn(Cpu other) {
        return (allowedCpus >>> other.index & 1) != 0;
    }

    boolean mayMoveTo(Cpu other) {
        return !held && mayRunOn(other);
    }

    void setHeld(boolean interrupted) {
        held = interrupted;
    }

    /** Notes that a callback begins on its stack. Returns what {@link #endCallback} restores. */
    boolean beginCallback(boolean fromInterrupt) {
        boolean before = calledFromInterrupt;
        callbacks++;
        calledFromInterrupt = fromInterrupt;
        return before;
    }

    void endCallback(boolean before) {
        callbacks--;
        calledFromInterrupt = before;
    }

    boolean isInCallback() {
        return callbacks > 0;
    }

    boolean isCalledFromInterrupt() {
        return calledFromInterrupt;
    }

    @Nullable
    Cpu last() {
        return last;
    }

    boolean isOver() {
        return life == OVER;
    }

    void end() {
        cpu = null;
        life = OVER;
        Task waiting = joiner;
        if (waiting != null) {
            waiting.set.scheduler.wakeFromJoin(waiting); // it may be of another set
        }
    }

    CpuSet set() {
        return set;
    }

    /** Before it gives up its CPU to wait. False when it was woken already: then it does not wait. */
    boolean fallAsleep() {
        if (LIFE.compareAndSet(this, AWAKE, ASLEEP)) {
            return true;
        }
        life = AWAKE; // the notification is used up; nobody else changes NOTIFIED
        return false;
    }

    /** Before it gives up its CPU to wait for the end of another task. A wake that came first stays what it is. */
    void fallAsleepToJoin() {
        if (!LIFE.compareAndSet(this, AWAKE, JOINING)) {
            life = JOINING_NOTIFIED; // it was NOTIFIED, which nobody else changes
        }
    }

    /** True when it was asleep in a block: then the caller, and nobody else, brings it to a CPU. */
    boolean wakeUp() {
        while (true) {
            int now = life;
            if (now == ASLEEP && LIFE.compareAndSet(this, ASLEEP, AWAKE)) {
                return true;
            }
            boolean kept = (now == AWAKE && LIFE.compareAndSet(this, AWAKE, NOTIFIED))
                    || (now == JOINING && LIFE.compareAndSet(this, JOINING, JOINING_NOTIFIED));
            if (kept || now == NOTIFIED || now == JOINING_NOTIFIED || now == OVER) {
                return false;
            }
        }
    }

    /** True when it was asleep in a join: then the caller, and nobody else, brings it to a CPU. */
    boolean wakeFromJoin() {
        // Twice at most: a wake that comes between the two makes the first JOINING_NOTIFIED.
        return LIFE.compareAndSet(this, JOINING, AWAKE) || LIFE.compareAndSet(this, JOINING_NOTIFIED, NOTIFIED);
    }

    /** Ends its own sleep, of either kind. False when somebody else has: then that one brings it to a CPU. */
    boolean endSleep() {
        // Never AWAKE to NOTIFIED: whoever woke it has used up the wake.
        return LIFE.compareAndSet(this, ASLEEP, AWAKE) || wakeFromJoin();
    }

    private boolean isAsleep() {
        int now = life;
        return now == ASLEEP || now == JOINING || now == JOINING_NOTIFIED;
    }

    /** Gives it a CPU. What the giver wrote is seen by it. False when it does not wait any more: then the giver keeps the CPU. */
    boolean grant(Cpu to) {
        if (!GRANTED.compareAndSet(this, (Object) null, (Object) to)) {
            return false;
        }
        if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /**
     * Waits to be woken.
     *
     * @return false when the time was over first: then the caller has it brought to a CPU
     */
    boolean awaitWake(long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            while (isAsleep()) {
                long remaining = deadline - System.nanoTime();
                if (remaining <= 0) {
                    return !endSleep();
                }
                set.stopIfClosed(this);
                LockSupport.parkNanos(this, remaining);
                interrupted |= Thread.interrupted(); // else the next park returns at once
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for a CPU and becomes it.
     *
     * @throws StuckCpuException if the booting thread has waited for too long: it runs as no CPU from then on, and whoever comes to
     *     hand it one hands that on
     */
    Cpu awaitCpu() {
        cpu = null;
        long deadline = System.nanoTime() + set.options.deadlineNanos();
        boolean interrupted = false;
        try {
            Object next;
            while ((next = granted) == null) {
                set.stopIfClosed(this);
                if (!adopted) {
                    LockSupport.park(this);
                } else {
                    long remaining = deadline - System.nanoTime();
                    if (remaining <= 0 && GRANTED.compareAndSet(this, (Object) null, GONE)) {
                        throw set.stuck("the booting thread waits for its CPU");
                    }
                    LockSupport.parkNanos(this, remaining);
                }
                interrupted |= Thread.interrupted();
            }
            granted = null;
            Cpu mine = (Cpu) next;
            take(mine);
            return mine;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void take(Cpu next) {
        held = false;
        if (last != null && last != next) {
            long before = migrations; // one writer
            migrations = before + 1;
        }
        last = next;
        cpu = next;
        next.heldBy(Thread.currentThread());
    }

    @Override
    public String toString() {
        return "task " + name + " (" + state() + ")";
    }
}
