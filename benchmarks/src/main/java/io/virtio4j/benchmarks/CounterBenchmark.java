// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to count, and what it would cost with an atomic: the reason why nothing is counted inside a spin. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CounterBenchmark {
    private final QueueCounters counters = new QueueCounters();
    private final AtomicLong atomic = new AtomicLong();

    /** The single writer's addition: plain add, opaque store. */
    @Benchmark
    public void add() {
        counters.addSpins(1);
    }

    /** An atomic increment, for comparison. */
    @Benchmark
    public long atomicAdd() {
        return atomic.incrementAndGet();
    }

    /** All counters at once, as a frame's log line takes them; allocates. */
    @Benchmark
    public QueueStats snapshot() {
        return counters.snapshot();
    }
}
