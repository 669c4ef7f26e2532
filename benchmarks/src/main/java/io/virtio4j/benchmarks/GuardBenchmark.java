// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.IrqPreemptGuard;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.Task;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to take and release a guard around a section, beside what else could keep a count. The section is an opaque store, the
 * same in all: without it the compiler would make one store, or none, of a plain field's two. What a guard costs more than a plain field is
 * measured better by {@link GuardCostBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("try") // guards are held, not used
public class GuardBenchmark {
    private static final int BATCH = 4_000_000;
    private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** How many CPUs there are; those but the first take and release guards of their own all the time. */
    @Param({"1", "2"})
    public int cpus;

    private final AtomicInteger atomic = new AtomicInteger();
    private final ThreadLocal<int[]> local = ThreadLocal.withInitial(() -> new int[1]);
    private final ReentrantLock lock = new ReentrantLock();

    private BusyCpus busy;
    private Cpu here;
    private int plain;

    private final GuardedSection section = new GuardedSection();

    /** Boots the CPUs; the thread that measures is the first. */
    @Setup
    public void setUp() {
        busy = new BusyCpus(cpus);
        here = busy.here;
    }

    /** Gives the thread back. */
    @TearDown
    public void tearDown() {
        busy.close();
    }

    /** What all the others have inside. */
    @Benchmark
    public void sectionAlone() {
        section.work();
    }

    /** A guard of a CPU that the caller knows. */
    @Benchmark
    public void guardWithTheCpuAtHand() {
        try (PreemptGuard guard = here.enterGuard()) {
            section.work();
        }
    }

    /** A guard by looking up the CPU, on the thread that booted: by a thread-local. */
    @Benchmark
    public void guardByLookUp() {
        try (PreemptGuard guard = PreemptGuard.enter()) {
            section.work();
        }
    }

    /** A guard by looking up the CPU, on a task's thread: by a field of the thread. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void guardByLookUpInATask() {
        Task task = busy.set.scheduler().spawn("batch", this::batch, here);
        if (!task.join(JOIN_NANOS)) {
            throw new IllegalStateException("the batch did not end");
        }
    }

    private void batch() {
        for (int i = 0; i < BATCH; i++) {
            try (PreemptGuard guard = PreemptGuard.enter()) {
                section.work();
            }
        }
    }

    /** A guard that masks interrupts too. */
    @Benchmark
    public void interruptGuardWithTheCpuAtHand() {
        try (IrqPreemptGuard guard = here.enterIrqGuard()) {
            section.work();
        }
    }

    /** A plain field up and down: the floor. */
    @Benchmark
    public int plainPair() {
        plain++;
        section.work();
        return plain--;
    }

    /** Two atomic additions. */
    @Benchmark
    public void atomicPair() {
        atomic.incrementAndGet();
        section.work();
        atomic.decrementAndGet();
    }

    /** A thread-local's field up and down, looked up once. */
    @Benchmark
    public void threadLocalPair() {
        int[] count = local.get();
        count[0]++;
        section.work();
        count[0]--;
    }

    /** A lock that nobody else takes. */
    @Benchmark
    public void lockPair() {
        lock.lock();
        try {
            section.work();
        } finally {
            lock.unlock();
        }
    }
}
