// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.GuardSteps;
import io.virtio4j.preempt.step.PerCpuGuard;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides which task runs on which CPU. Every CPU has a queue of its own, first in, first out; tasks from elsewhere come through its
 * mailbox, so a queue is touched by its CPU alone. The timer ends time slices, on CPUs that it is not routed to by an
 * inter-processor interrupt. At each switch a CPU sends a waiting task to the one that has least to do, if one waits that may run
 * there; no third CPU is tried. A task that an interrupt preempted is not sent: tasks that neither yield nor block nor release
 * guards stay where they are, however little the other CPUs have to do.
 *
 * <p>A task changes its CPU only while it waits: having yielded, blocked, or been preempted at the release of a guard. One that was
 * preempted at an interrupt point goes on where it was, because it may just have looked which CPU that is.
 *
 * <p>The plan's four call sites that ask whether a guard is active are {@link #schedule}, {@link #tick}, {@link
 * #requestFromInterrupt} and the end of an interrupt ({@link InterruptController}).
 *
 * <p>Thread rules: any thread spawns and wakes; the static methods are for tasks.
 */
public final class Scheduler {
    private final CpuSet set;
    private final Set<Task> alive = ConcurrentHashMap.newKeySet();
    private final AtomicInteger aliveCount = new AtomicInteger();

    // Of the CPU that takes the timer: what it saw of the others at the last ticks.
    private final int[] switchesSeen;
    private final int[] ticksSince;

    Scheduler(CpuSet set) {
        this.set = set;
        this.switchesSeen = new int[set.options.cpus()];
        this.ticksSince = new int[set.options.cpus()];
    }

    /**
     * Starts a task that may run on every CPU.
     *
     * @param name for messages and the thread
     * @param body runs once; what it throws is told to the error handler
     * @return the task
     * @throws IllegalStateException if too many tasks live, or the set is closed
     */
    public Task spawn(String name, Runnable body) {
        return spawn(name, body, -1L);
    }

    /**
     * Starts a task that stays on one CPU.
     *
     * @param name for messages and the thread
     * @param body runs once; what it throws is told to the error handler
     * @param cpu where it runs
     * @return the task
     * @throws IllegalStateException if too many tasks live, or the set is closed
     */
    public Task spawn(String name, Runnable body, Cpu cpu) {
        if (cpu.set != set) {
            throw new IllegalArgumentException(cpu + " belongs to another CpuSet");
        }
        return spawn(name, body, 1L << cpu.index);
    }

    /**
     * Starts a task.
     *
     * @param name for messages and the thread
     * @param body runs once; what it throws is told to the error handler
     * @param allowedCpus where it may run: bit n stands for CPU n; bits beyond the CPUs mean nothing
     * @return the task
     * @throws IllegalArgumentException if it may run nowhere
     * @throws IllegalStateException if too many tasks live, or the set is closed
     */
    public Task spawn(String name, Runnable body, long allowedCpus) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(body, "body");
        int count = set.options.cpus();
        long existing = count == Long.SIZE ? -1L : (1L << count) - 1;
        if ((allowedCpus & existing) == 0) {
            throw new IllegalArgumentException("the task " + name + " may run on none of the " + count
                    + " CPUs: mask 0x" + Long.toHexString(allowedCpus));
        }
        if (set.isStopping()) {
            throw new IllegalStateException("the set of CPUs is closed; the task " + name + " cannot start");
        }
        if (aliveCount.incrementAndGet() > set.options.maxTasks()) {
            aliveCount.decrementAndGet();
            throw new IllegalStateException(
                    "there is room for " + set.options.maxTasks() + " tasks; " + name + " is one more");
        }
        Runnable whole = () -> run(body);
        Task task = Task.spawned(set, name, allowedCpus & existing, whole);
        alive.add(task);
        try {
            task.thread().start();
        } catch (Throwable e) {
            forget(task);
            throw e;
        }
        place(task);
        return task;
    }

    /**
     * Lets the tasks that wait for this CPU run first. The caller may be on another CPU when this returns.
     *
     * @throws IllegalStateException if the calling thread is no CPU, holds a guard, has interrupts masked, or is in a callback
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    public static void yieldNow() {
        Cpu cpu = Cpu.current();
        checkMaySwitch(cpu, "yields");
        cpu.set.scheduler.yieldNow(cpu);
    }

    /**
     * Waits until the task is woken, and lets others run. Returns at once if {@link #wake} came first. The caller may be on another
     * CPU when this returns.
     *
     * @param timeoutNanos how long at most
     * @return whether it was woken; false when the time was over
     * @throws IllegalStateException if the calling thread is no CPU, holds a guard, has interrupts masked, or is in a callback
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    public static boolean block(long timeoutNanos) {
        Cpu cpu = Cpu.current();
        checkMaySwitch(cpu, "blocks");
        return cpu.set.scheduler.block(cpu, timeoutNanos);
    }

    /**
     * {@return the task that calls}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static Task current() {
        return Cpu.current().running();
    }

    /**
     * Wakes a task that has blocked, or that is about to: then it does not. Any thread; allocates nothing.
     *
     * @param task a task of this set; nothing happens if it has ended
     * @throws IllegalArgumentException if the task is of another set
     */
    public void wake(Task task) {
        if (task.set() != set) {
            throw new IllegalArgumentException("the task " + task.name() + " belongs to another CpuSet");
        }
        if (task.wakeUp()) {
            place(task);
        }
    }

    /** Wakes a task of this set that waits for the end of another one; one that does not is left alone. */
    void wakeFromJoin(Task task) {
        if (task.wakeFromJoin()) {
            place(task);
        }
    }

    /** Has the calling task wait for the end of another one: until it has ended, for so long, or for no reason. */
    static void awaitEnd(Task other, long timeoutNanos) {
        Cpu cpu = Cpu.current();
        checkMayJoin(cpu);
        Scheduler scheduler = cpu.set.scheduler;
        Task task = cpu.running();
        scheduler.stopIfClosed(cpu);
        task.fallAsleepToJoin();
        // A task that ended before this one was asleep has woken nobody; one that ends from here on does.
        if (!other.isOver() || !task.endSleep()) {
            scheduler.sleep(cpu, task, timeoutNanos);
        }
    }

    /**
     * Gives the CPU to the task that has waited longest for it, if there is one; otherwise returns at once. What the reschedule
     * callback does, and for nothing else.
     *
     * @param cpu the CPU on which the callback was called
     * @throws IllegalArgumentException if the CPU is of another set
     * @throws IllegalStateException if this is not called by the reschedule callback of that CPU
     * @throws StuckCpuException if the booting thread calls, and has not got its CPU back by the deadline of the options
     */
    public void schedule(Cpu cpu) {
        if (cpu.set != set) {
            throw new IllegalArgumentException(cpu + " belongs to another CpuSet");
        }
        cpu.checkHeld();
        if (!cpu.running().isInCallback()) {
            throw new IllegalStateException("schedule was called on " + cpu + " outside the reschedule callback");
        }
        if (set.perCpu && (cpu.isInInterrupt() || GuardSteps.isMasked(cpu.slots, cpu.index))) {
            throw new IllegalStateException("schedule was called on " + cpu
                    + (cpu.isInInterrupt()
                            ? " in a handler that interrupted the callback"
                            : " with interrupts masked"));
        }
        switchAway(cpu);
    }

    private void switchAway(Cpu cpu) {
        // The plan's first call site, the deferred callback: with a guard held there is no switch.
        if (cpu.guardCount() > 0) {
            return;
        }
        stopIfClosed(cpu);
        takeArrivals(cpu);
        Task next = cpu.queue.poll();
        if (next != null) {
            Task previous = cpu.running();
            if (previous != cpu.idle) {
                previous.setHeld(previous.isCalledFromInterrupt());
                cpu.queue.add(previous);
            }
            balance(cpu);
            cpu.handTo(next);
            previous.awaitCpu();
        } else {
            cpu.publishLoad();
        }
    }

    /** The timer interrupt. */
    void tick(Cpu cpu) {
        cpu.slots.setTicksOpaque(cpu.index, cpu.slots.getTicksOpaque(cpu.index) + 1);
        // The plan's second call site: with a guard held the request is noted all the same, and waits.
        if (++cpu.sliceTicks >= set.options.timeSliceTicks()) {
            cpu.sliceTicks = 0;
            requestFromInterrupt(cpu);
        }
        for (int i = 0; i < set.options.cpus(); i++) {
            Cpu other = set.cpu(i);
            if (other != cpu) {
                watchSlice(other);
            }
        }
    }

    /** Ends the time slice on a CPU that does not get the timer itself, if a task waits there. */
    private void watchSlice(Cpu other) {
        int index = other.index;
        int switches = other.switches();
        if (switches != switchesSeen[index]) {
            switchesSeen[index] = switches;
            ticksSince[index] = 0;
        }
        if (++ticksSince[index] >= set.options.timeSliceTicks() && other.load() > 1) {
            ticksSince[index] = 0;
            other.raise(InterruptController.RESCHEDULE);
        }
    }

    /**
     * Asks for a callback on the interrupted CPU. The plan's third call site: there, a request that finds a guard held is ignored; here
     * it is noted and counted as deferred, and the release calls back.
     */
    void requestFromInterrupt(Cpu cpu) {
        cpu.request();
    }

    /** Takes the tasks that others sent. By whoever runs as the CPU. */
    void takeArrivals(Cpu cpu) {
        Task task;
        boolean any = false;
        while ((task = cpu.arrivals.poll()) != null) {
            cpu.queue.add(task);
            any = true;
        }
        if (any) {
            cpu.publishLoad();
            if (cpu.isInInterrupt()) {
                requestFromInterrupt(cpu);
            }
        }
    }

    /** The idle task's body: it holds its CPU whenever nobody else does. */
    void idle(Cpu cpu) {
        try {
            cpu.idle.awaitCpu();
            finishSwitch(cpu);
            while (!set.isStopping()) {
                cpu.takeInterrupts();
                if (cpu.queue.size() > 0 || !cpu.arrivals.isEmpty()) {
                    yieldNow(cpu);
                } else {
                    cpu.sleepUntilInterrupted();
                }
            }
        } catch (TaskStopped e) {
            // The set is closed: this is how its tasks end.
        } catch (Throwable e) {
            set.report(e);
        } finally {
            cpu.idle.end();
        }
    }

    Iterable<Task> alive() {
        return alive;
    }

    /** Ends the task that runs on a CPU when its set is closed: not the booting thread, which closes it, nor an idle task, nor in a guard. */
    void stopIfClosed(Cpu cpu) {
        if (set.isStopping() && cpu.guardCount() == 0 && !cpu.running().isAdopted() && cpu.running() != cpu.idle) {
            throw new TaskStopped();
        }
    }

    private void run(Runnable body) {
        Task task = ((CpuThread) Thread.currentThread()).task;
        try {
            finishSwitch(task.awaitCpu());
            body.run();
        } catch (TaskStopped e) {
            // The set is closed: this is how its tasks end.
        } catch (Throwable e) {
            set.report(e);
        } finally {
            end(task);
        }
    }

    private void end(Task task) {
        Cpu cpu = task.cpu;
        if (cpu != null) {
            takeBackWhatItHeld(task, cpu);
            startSwitch(cpu);
        }
        forget(task);
        task.end();
        if (cpu != null) {
            takeArrivals(cpu);
            Task next = set.isStopping() ? null : cpu.queue.poll();
            cpu.handTo(next == null ? cpu.idle : next);
        }
    }

    private void takeBackWhatItHeld(Task task, Cpu cpu) {
        int guards = cpu.guardCount();
        if (guards != 0 || GuardSteps.isMasked(cpu.slots, cpu.index)) {
            set.report(new IllegalStateException(
                    "the task " + task.name() + " ended on " + cpu + " with " + guards + " guards held, interrupts "
                            + (GuardSteps.isMasked(cpu.slots, cpu.index) ? "masked" : "not masked")));
            set.dropGuards(cpu);
        }
    }

    private void forget(Task task) {
        alive.remove(task);
        aliveCount.decrementAndGet();
    }

    private void yieldNow(Cpu cpu) {
        startSwitch(cpu);
        switchAway(cpu);
        finishSwitch(Cpu.current());
    }

    private boolean block(Cpu cpu, long timeoutNanos) {
        Task task = cpu.running();
        stopIfClosed(cpu);
        if (!task.fallAsleep()) {
            return true;
        }
        return sleep(cpu, task, timeoutNanos);
    }

    /** Gives up the CPU until the task is woken, which has fallen asleep; false when the time was over first. */
    private boolean sleep(Cpu cpu, Task task, long timeoutNanos) {
        startSwitch(cpu);
        takeArrivals(cpu);
        Task next = cpu.queue.poll();
        balance(cpu);
        task.cpu = null;
        cpu.handTo(next == null ? cpu.idle : next);
        boolean woken = task.awaitWake(timeoutNanos);
        if (!woken) {
            place(task);
        }
        finishSwitch(task.awaitCpu());
        return woken;
    }

    private void startSwitch(Cpu cpu) {
        if (set.perCpu) {
            PerCpuGuard.beginSwitch(cpu.slots, cpu.index);
        }
    }

    private void finishSwitch(Cpu cpu) {
        if (set.perCpu) {
            PerCpuGuard.endSwitch(cpu.slots, cpu.index, set.atRelease);
        }
    }

    /** Sends a task that has no CPU to one of those where it may run: the one it was on, unless another has less to do. */
    private void place(Task task) {
        Cpu best = task.last();
        for (int i = 0; i < set.options.cpus(); i++) {
            Cpu cpu = set.cpu(i);
            if (task.mayRunOn(cpu) && (best == null || cpu.load() < best.load())) {
                best = cpu;
            }
        }
        if (best == null) {
            throw new IllegalStateException("the task " + task.name() + " may run nowhere");
        }
        send(task, best);
    }

    /** Before a switch, with the next task chosen: sends one that waits here to the CPU with the least to do, if that evens things out. */
    private void balance(Cpu cpu) {
        Cpu least = leastLoadedOther(cpu);
        if (least != null && least.load() < cpu.queue.size()) {
            Task task = cpu.queue.pollLastThatMayMoveTo(least);
            if (task != null) {
                send(task, least);
            }
        }
    }

    private @Nullable Cpu leastLoadedOther(Cpu cpu) {
        Cpu least = null;
        for (int i = 0; i < set.options.cpus(); i++) {
            Cpu other = set.cpu(i);
            if (other != cpu && (least == null || other.load() < least.load())) {
                least = other;
            }
        }
        return least;
    }

    private static void send(Task task, Cpu cpu) {
        if (!cpu.arrivals.offer(task)) {
            throw new IllegalStateException("the mailbox of " + cpu + " is full");
        }
        cpu.raise(InterruptController.CALL);
    }

    static void checkMayJoin(Cpu cpu) {
        checkMaySwitch(cpu, "joins");
    }

    private static void checkMaySwitch(Cpu cpu, String does) {
        boolean inCallback = cpu.running().isInCallback();
        boolean masked = GuardSteps.isMasked(cpu.slots, cpu.index);
        if (cpu.guardCount() > 0 || masked || inCallback) {
            throw new IllegalStateException("the task " + cpu.running().name() + " " + does + " on " + cpu + " with "
                    + cpu.guardCount() + " guards held" + (masked ? ", interrupts masked" : "")
                    + (inCallback ? ", in the reschedule callback" : ""));
        }
    }
}
