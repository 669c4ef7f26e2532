// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.CpuSet;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.PreemptOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 * What a guard around a section costs more than a plain field that goes up and down around the same section, with the CPU at hand:
 * slices of some hundred microseconds of both, in turn, in one JVM.
 *
 * <p>The result is {@code costOverPlain}, the difference between the quick slices of both, a tenth of all. The score itself is the
 * time of a pair of slices and says nothing. Some forks, since one compilation differs from the next.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 1, time = 2)
@SuppressWarnings("try") // guards are held, not used
public class GuardCostBenchmark {
    private static final int SECTIONS = 50_000;
    private static final int MAX_PAIRS = 100_000;

    /** How many CPUs there are; those but the first take and release guards of their own all the time. */
    @Param({"1", "2"})
    public int cpus;

    private final GuardedSection section = new GuardedSection();
    private final double[] guardNanos = new double[MAX_PAIRS];
    private final double[] plainNanos = new double[MAX_PAIRS];
    private CpuSet set;
    private Cpu here;
    private volatile boolean stopping;
    private int plain;
    private int pairs;

    /** Boots the CPUs; the thread that measures is the first. */
    @Setup
    public void setUp() {
        set = CpuSet.boot(PreemptOptions.of(cpus, Throwable::printStackTrace));
        here = Cpu.current();
        for (int i = 1; i < cpus; i++) {
            set.scheduler().spawn("other-" + i, this::takeGuards, set.cpu(i));
        }
    }

    private void takeGuards() {
        GuardedSection own = new GuardedSection();
        Cpu cpu = Cpu.current();
        while (!stopping) {
            for (int i = 0; i < 1_000; i++) {
                try (PreemptGuard guard = cpu.enterGuard()) {
                    own.work();
                }
            }
            Cpu.interruptPoint();
        }
    }

    /** Gives the thread back. */
    @TearDown
    public void tearDown() {
        stopping = true;
        set.close();
    }

    /** Starts an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
        pairs = 0;
    }

    /** One slice of each; who begins changes each time. */
    @Benchmark
    public void pairOfSlices() {
        int pair = pairs++ % MAX_PAIRS;
        if ((pair & 1) == 0) {
            guardNanos[pair] = guardSlice();
            plainNanos[pair] = plainSlice();
        } else {
            plainNanos[pair] = plainSlice();
            guardNanos[pair] = guardSlice();
        }
    }

    private double guardSlice() {
        long start = System.nanoTime();
        for (int i = 0; i < SECTIONS; i++) {
            try (PreemptGuard guard = here.enterGuard()) {
                section.work();
            }
        }
        return (double) (System.nanoTime() - start) / SECTIONS;
    }

    private double plainSlice() {
        long start = System.nanoTime();
        for (int i = 0; i < SECTIONS; i++) {
            plain++;
            section.work();
            plain--;
        }
        return (double) (System.nanoTime() - start) / SECTIONS;
    }

    /** Hands over what was found. */
    @TearDown(Level.Iteration)
    public void end() {
        if (plain != 0 || here.guardCount() != 0) {
            throw new IllegalStateException("left: " + plain + " in the field, " + here.guardCount() + " guards");
        }
        int held = Math.min(pairs, MAX_PAIRS);
        double guards = quick(Arrays.copyOf(guardNanos, held));
        double plains = quick(Arrays.copyOf(plainNanos, held));
        SecondaryResults.record(
                "ns", Map.of("costOverPlain", guards - plains, "guardPerSection", guards, "plainPerSection", plains));
    }

    /** A tenth of all slices were quicker: those that nothing else on the machine came between. */
    private static double quick(double[] values) {
        Arrays.sort(values);
        return values[values.length / 10];
    }
}
