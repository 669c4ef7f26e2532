// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
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
 * What the counters of a queue cost, in nanoseconds a step: one request there and back on one thread, in seven steps (see
 * {@link RoundTrips}), with counters and without, in slices of about half a millisecond in turn in one JVM.
 *
 * <p>The result is {@code costPerStep}, the difference between the quick slices of both, a tenth of all. The score itself is the
 * time of a pair of slices and says nothing. Many forks, since one compilation differs from the next by more than the counters cost.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(10)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 1, time = 2)
public class CountingBenchmark {
    private static final long ROUNDS = 3_000;
    private static final int MAX_PAIRS = 100_000;

    /** The ring's format. */
    @Param({"split", "packed"})
    public String ring;

    private LongUnaryOperator counted;
    private LongUnaryOperator uncounted;
    private double[] countedNanos;
    private double[] uncountedNanos;
    private int pairs;

    /** Loads both copies. */
    @Setup
    public void setUp() {
        counted = CountingSide.load(ring, true);
        uncounted = CountingSide.load(ring, false);
        countedNanos = new double[MAX_PAIRS];
        uncountedNanos = new double[MAX_PAIRS];
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
            countedNanos[pair] = perStep(counted);
            uncountedNanos[pair] = perStep(uncounted);
        } else {
            uncountedNanos[pair] = perStep(uncounted);
            countedNanos[pair] = perStep(counted);
        }
    }

    private static double perStep(LongUnaryOperator side) {
        return (double) side.applyAsLong(ROUNDS) / (ROUNDS * RoundTrips.STEPS);
    }

    /** Hands over what was found. */
    @TearDown(Level.Iteration)
    public void end() {
        int held = Math.min(pairs, MAX_PAIRS);
        double counting = quick(Arrays.copyOf(countedNanos, held));
        double not = quick(Arrays.copyOf(uncountedNanos, held));
        SecondaryResults.record(
                "ns",
                Map.of(
                        "costPerStep", counting - not,
                        "countedPerStep", counting,
                        "uncountedPerStep", not));
    }

    /** A tenth of all slices were quicker: those that nothing else on the machine came between. */
    private static double quick(double[] values) {
        Arrays.sort(values);
        return values[values.length / 10];
    }
}
