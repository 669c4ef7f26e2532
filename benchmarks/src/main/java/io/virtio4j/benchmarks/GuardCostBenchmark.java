// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.PreemptGuard;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a guard around a section costs with the CPU at hand, beside what else could keep a count around the same section: a plain field, two
 * atomic additions, a thread-local's field, a lock. Slices of some hundred microseconds of each, in turn, in one JVM.
 *
 * <p>The results are nanoseconds a section, the quick slices of each, a tenth of all, and {@code costOverPlain}, the guard's less the
 * plain field's. The score itself is the time of a round of slices and says nothing. Some forks, since one compilation differs from
 * the next. A loop shows the compiler many sections in a row; {@link GuardBenchmark} shows it one at a time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 1, time = 3)
@SuppressWarnings("try") // guards are held, not used
public class GuardCostBenchmark {
    private static final int SECTIONS = 50_000;
    private static final int MAX_ROUNDS = 100_000;

    private static final int GUARD = 0;
    private static final int PLAIN = 1;
    private static final int ATOMIC = 2;
    private static final int THREAD_LOCAL = 3;
    private static final int LOCK = 4;
    private static final int SIDES = 5;

    /** How many CPUs there are; those but the first take and release guards of their own all the time. */
    @Param({"1", "2"})
    public int cpus;

    private final GuardedSection section = new GuardedSection();
    private final AtomicInteger atomic = new AtomicInteger();
    private final ThreadLocal<int[]> local = ThreadLocal.withInitial(() -> new int[1]);
    private final ReentrantLock lock = new ReentrantLock();
    private final double[][] nanos = new double[SIDES][MAX_ROUNDS];
    private BusyCpus busy;
    private Cpu here;
    private int plain;
    private int rounds;

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

    /** Starts an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
        rounds = 0;
    }

    /** One slice of each; who begins changes each time. */
    @Benchmark
    public void roundOfSlices() {
        int round = rounds++ % MAX_ROUNDS;
        for (int i = 0; i < SIDES; i++) {
            int side = (round + i) % SIDES;
            nanos[side][round] = slice(side);
        }
    }

    private double slice(int side) {
        long start = System.nanoTime();
        switch (side) {
            case GUARD -> guards();
            case PLAIN -> plains();
            case ATOMIC -> atomics();
            case THREAD_LOCAL -> threadLocals();
            default -> locks();
        }
        return (double) (System.nanoTime() - start) / SECTIONS;
    }

    private void guards() {
        for (int i = 0; i < SECTIONS; i++) {
            try (PreemptGuard guard = here.enterGuard()) {
                section.work();
            }
        }
    }

    private void plains() {
        for (int i = 0; i < SECTIONS; i++) {
            plain++;
            section.work();
            plain--;
        }
    }

    private void atomics() {
        for (int i = 0; i < SECTIONS; i++) {
            atomic.incrementAndGet();
            section.work();
            atomic.decrementAndGet();
        }
    }

    private void threadLocals() {
        for (int i = 0; i < SECTIONS; i++) {
            int[] count = local.get();
            count[0]++;
            section.work();
            count[0]--;
        }
    }

    private void locks() {
        for (int i = 0; i < SECTIONS; i++) {
            lock.lock();
            try {
                section.work();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Hands over what was found. */
    @TearDown(Level.Iteration)
    public void end() {
        if (plain != 0 || here.guardCount() != 0) {
            throw new IllegalStateException("left: " + plain + " in the field, " + here.guardCount() + " guards");
        }
        double guard = quick(GUARD);
        double field = quick(PLAIN);
        SecondaryResults.record(
                "ns",
                Map.of(
                        "costOverPlain",
                        guard - field,
                        "guard",
                        guard,
                        "plain",
                        field,
                        "atomic",
                        quick(ATOMIC),
                        "threadLocal",
                        quick(THREAD_LOCAL),
                        "lock",
                        quick(LOCK)));
    }

    /** A tenth of all slices were quicker: those that nothing else on the machine came between. */
    private double quick(int side) {
        double[] values = Arrays.copyOf(nanos[side], Math.min(rounds, MAX_ROUNDS));
        Arrays.sort(values);
        return values[values.length / 10];
    }
}
