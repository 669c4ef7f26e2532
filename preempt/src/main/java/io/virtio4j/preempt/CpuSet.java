// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardSteps;
import io.virtio4j.preempt.step.RescheduleCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads as CPUs. The thread that boots a set runs as CPU 0 until it closes it; the others are idle until they are given tasks.
 *
 * <pre>{@code
 * try (CpuSet cpus = CpuSet.boot(PreemptOptions.of(4, Throwable::printStackTrace))) {
 *     cpus.timer().start(1_000_000);
 *     cpus.scheduler().spawn("worker", () -> {
 *         try (PreemptGuard guard = PreemptGuard.enter()) {
 *             ... // not preempted here, though interrupts are taken
 *         }
 *     });
 *     ...
 *     cpus.timer().stop();
 *     cpus.awaitQuiet(1_000_000_000);
 *     cpus.statistics().lost(); // 0
 * }
 * }</pre>
 *
 * <p>Thread rules: the booting thread waits and closes; the rest is for any thread, unless it says otherwise.
 */
public final class CpuSet implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    final PreemptOptions options;
    final boolean perCpu;
    final CpuSlots slots;
    final InterruptController interrupts;
    final Scheduler scheduler;
    final RescheduleCallback atRelease = index -> callBack(index, false);
    final RescheduleCallback atInterruptExit = index -> callBack(index, true);

    /** What a pending request calls. */
    volatile RescheduleHook hook;

    private final Cpu[] cpus;
    private final TickTimer timer;
    private final Task boot;
    private volatile boolean stopping;
    private boolean closed;

    private CpuSet(PreemptOptions options) {
        this.options = options;
        this.perCpu = options.policy() == PreemptPolicy.PER_CPU;
        this.slots = new CpuSlots(options.cpus());
        this.interrupts = new InterruptController(this);
        this.scheduler = new Scheduler(this);
        this.hook = scheduler::schedule;
        this.cpus = new Cpu[options.cpus()];
        for (int i = 0; i < cpus.length; i++) {
            cpus[i] = new Cpu(this, i);
        }
        this.timer = new TickTimer(interrupts);
        interrupts.start();
        this.boot = Task.adopt(cpus[0]);
        cpus[0].bootedBy(boot);
    }

    /**
     * Boots CPUs. The calling thread is CPU 0 from here on, and the only one that may close the set.
     *
     * @param options how many, and how they behave
     * @return the CPUs
     * @throws IllegalStateException if the calling thread is a CPU already
     */
    public static CpuSet boot(PreemptOptions options) {
        CpuSet set = new CpuSet(options);
        for (Cpu cpu : set.cpus) {
            cpu.idle.thread().start();
            if (cpu.index > 0) {
                cpu.idle.grant(cpu);
            }
        }
        return set;
    }

    /** {@return how many CPUs there are} */
    public int size() {
        return cpus.length;
    }

    /**
     * {@return a CPU}
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is none of that number
     */
    public Cpu cpu(int index) {
        return cpus[index];
    }

    /** {@return their interrupt lines} */
    public InterruptController interrupts() {
        return interrupts;
    }

    /** {@return what gives tasks to them} */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** {@return their timer, which does not run until it is started} */
    public TickTimer timer() {
        return timer;
    }

    /** {@return what was counted until now} Any thread; exact when all is quiet. */
    public PreemptStatistics statistics() {
        long ticks = 0;
        long deferred = 0;
        long callbacks = 0;
        int maxDepth = 0;
        long lost = 0;
        for (int i = 0; i < cpus.length; i++) {
            ticks += slots.getTicksOpaque(i);
            deferred += slots.getDeferredOpaque(i);
            callbacks += slots.getCallbacksOpaque(i);
            maxDepth = Math.max(maxDepth, slots.getMaxDepthOpaque(i));
            lost += slots.getRequestsOpaque(i) - slots.getServedOpaque(i);
        }
        return new PreemptStatistics(cpus.length, ticks, deferred, callbacks, maxDepth, lost);
    }

    /**
     * Lets tasks run until none can: all have ended or wait to be woken, no interrupt is raised, no mailbox holds anything. A timer
     * that runs, or a task that blocks for a time, ends the quiet again: stop them first. Compares the two counts of guards if they
     * are kept.
     *
     * @param timeoutNanos how long to wait for that at most
     * @throws StuckCpuException if it is not quiet by then; the message names the CPUs that are not
     * @throws IllegalStateException if not called by the booting thread, or with a guard held, or if the two counts differ
     */
    public void awaitQuiet(long timeoutNanos) {
        checkBoot("waits for quiet");
        Cpu.current().checkHeld(); // no CPU, when it has waited for its own for too long
        long deadline = System.nanoTime() + timeoutNanos;
        while (!isQuiet()) {
            if (System.nanoTime() - deadline >= 0) {
                throw stuck("it is not quiet after " + timeoutNanos + " ns");
            }
            Cpu.interruptPoint();
            Scheduler.yieldNow();
            if (cpus[0].queue.size() == 0) {
                LockSupport.parkNanos(this, POLL_NANOS);
            }
        }
        checkCounts();
    }

    /**
     * Ends all tasks and gives the calling thread back. Tasks that wait end at once, the others at their next interrupt point, yield
     * or wait that holds no guard: their stacks are unwound. A task that waits when it is ended is no CPU while its stack unwinds: what
     * takes a guard in its finally blocks throws there, which is told to the error handler. Does nothing when the set is closed.
     *
     * @throws StuckCpuException if a task has not ended by the deadline of the options; its thread is left behind, as a daemon
     * @throws IllegalStateException if not called by the booting thread, or called by it in an interrupt handler or the reschedule
     *     callback: then the set stays open; or, with all ended, if that thread still held a guard
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        checkBoot("closes");
        Cpu cpu = boot.cpu;
        if (cpu != null && (cpu.isInInterrupt() || boot.isInCallback())) {
            throw new IllegalStateException("the set is closed in a handler or the reschedule callback on " + cpu);
        }
        closed = true;
        timer.close();
        stopping = true;
        int guards = boot.cpu == null ? 0 : boot.cpu.guardCount();
        List<Task> left = stopAll();
        boot.letGo();
        if (!left.isEmpty()) {
            throw stuck("tasks go on " + options.deadlineNanos() + " ns after the set was closed", left);
        }
        if (guards > 0) {
            throw new IllegalStateException("the set was closed with " + guards + " guards held on " + cpus[0]);
        }
    }

    boolean isStopping() {
        return stopping;
    }

    /** Ends a task that waits, when the set is closed. */
    void stopIfClosed(Task task) {
        if (stopping && !task.isAdopted()) {
            throw new TaskStopped();
        }
    }

    boolean isRunning(Task task) {
        for (Cpu cpu : cpus) {
            if (cpu.running() == task) {
                return true;
            }
        }
        return false;
    }

    /** Tells the error handler. It may throw itself: then both are told to the thread's own handler, and the CPU goes on. */
    void report(Throwable error) {
        try {
            options.errorHandler().onError(error);
        } catch (Throwable e) {
            if (e != error) {
                e.addSuppressed(error);
            }
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** Sets the guards of a CPU to none, after a task that ended with some. */
    void dropGuards(Cpu cpu) {
        cpu.setGuards(0);
        slots.setMaskedOpaque(cpu.index, 0);
    }

    StuckCpuException stuck(String what) {
        return stuck(what, List.of());
    }

    private StuckCpuException stuck(String what, List<Task> more) {
        StringBuilder message = new StringBuilder(what);
        List<Task> stuck = new ArrayList<>(more);
        for (Cpu cpu : cpus) {
            Task task = cpu.running();
            if (task != cpu.idle && task != boot && !task.isOver()) {
                message.append("; ").append(cpu).append(" runs the task ").append(task.name());
                if (!stuck.contains(task)) {
                    stuck.add(task);
                }
            }
        }
        StuckCpuException exception = new StuckCpuException(message.toString());
        for (Task task : stuck) {
            exception.addStackOf(task.thread());
        }
        return exception;
    }

    private int callBack(int index, boolean fromInterrupt) {
        Cpu cpu = cpus[index];
        Task task = cpu.running();
        boolean before = task.beginCallback(fromInterrupt);
        try {
            hook.reschedule(cpu);
        } catch (TaskStopped | StuckCpuException e) {
            throw e;
        } catch (Throwable e) {
            report(e);
        } finally {
            task.endCallback(before);
        }
        Cpu now = Cpu.current();
        now.restoreGuards(0, "the reschedule callback");
        if (perCpu && GuardSteps.isMasked(slots, now.index)) {
            report(new IllegalStateException("the reschedule callback left interrupts masked on " + now));
            GuardSteps.unmask(slots, now.index); // the drain looks at the flag after this
        }
        return now.index;
    }

    /** Whether every other CPU sleeps with nothing to do, all at one moment, and this one has nothing to do either. */
    private boolean isQuiet() {
        long[] sleeps = new long[cpus.length];
        for (int i = 1; i < cpus.length; i++) {
            sleeps[i] = cpus[i].sleepNumber();
            if (sleeps[i] < 0) {
                return false;
            }
        }
        if (!cpus[0].hasNothingToDo() || cpus[0].queue.size() > 0) {
            return false;
        }
        // Asleep in the same sleep as before, each of them: so all slept when the first loop was over.
        for (int i = 1; i < cpus.length; i++) {
            if (cpus[i].sleepNumber() != sleeps[i]) {
                return false;
            }
        }
        return cpus[0].hasNothingToDo();
    }

    private void checkCounts() {
        if (options.crossCheck()) {
            int sum = 0;
            for (int i = 0; i < cpus.length; i++) {
                sum += slots.getCountOpaque(i);
            }
            int global = slots.getGlobalCountOpaque();
            if (sum != global) {
                throw new IllegalStateException(
                        "the counts of guards differ: " + sum + " on the CPUs, " + global + " in the counter of all");
            }
        }
    }

    private void checkBoot(String does) {
        Task caller = Task.currentOrNull();
        if (caller != boot) {
            throw new IllegalStateException("the thread "
                    + Thread.currentThread().getName() + " " + does + "; only the one that booted the set may");
        }
    }

    /** Waits for every thread to end, and tells which do not. */
    private List<Task> stopAll() {
        List<Task> all = new ArrayList<>();
        for (Task task : scheduler.alive()) {
            all.add(task);
        }
        for (Cpu cpu : cpus) {
            all.add(cpu.idle);
        }
        long deadline = System.nanoTime() + options.deadlineNanos();
        while (true) {
            all.removeIf(task -> !task.thread().isAlive());
            if (all.isEmpty() || System.nanoTime() - deadline >= 0) {
                return all;
            }
            for (Cpu cpu : cpus) {
                cpu.raise(InterruptController.RESCHEDULE);
            }
            for (Task task : all) {
                LockSupport.unpark(task.thread());
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
    }

    @Override
    public String toString() {
        return cpus.length + " CPUs, " + options.policy();
    }
}
