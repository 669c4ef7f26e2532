// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.SharedMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a barrier costs, alone and behind the store that it usually follows; and the spin hint beside, since it is what a
 * fence in a spin loop has to be seen against.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class BarrierBenchmark {
    private static final int IDX = 0;
    private static final int OTHER_IDX = 128;

    private final SharedMemory memory = SharedMemory.allocate(256, 0);
    private int idx;

    /** Nothing but the harness: subtract it. */
    @Benchmark
    public void nothing() {}

    /** A write barrier. */
    @Benchmark
    public Wmb wmb() {
        return memory.wmb();
    }

    /** A read barrier. */
    @Benchmark
    public Rmb rmb() {
        return memory.rmb();
    }

    /** A full barrier with an empty store buffer. */
    @Benchmark
    public Mb mb() {
        return memory.mb();
    }

    /** A publication: write barrier and index (A, B). */
    @Benchmark
    public int publish() {
        memory.putLe16Opaque(memory.wmb(), IDX, ++idx);
        return idx;
    }

    /** A publication and the question after it: index, full barrier, load (C, D). */
    @Benchmark
    public int publishAndAsk() {
        memory.putLe16Opaque(memory.wmb(), IDX, ++idx);
        return memory.getLe16Opaque(memory.mb(), OTHER_IDX);
    }

    /** One opaque look at an index. */
    @Benchmark
    public int look() {
        return memory.getLe16Opaque(IDX);
    }

    /** One look with a full barrier before it: what the baseline policy does in every spin. */
    @Benchmark
    public int fenceAndLook() {
        memory.mb();
        return memory.getLe16Opaque(IDX);
    }

    /** One look and the spin hint: what the optimized policy does in every spin. */
    @Benchmark
    public int lookAndSpinHint() {
        Thread.onSpinWait();
        return memory.getLe16Opaque(IDX);
    }

    /** A full barrier, a look and the spin hint: the baseline policy with the hint. */
    @Benchmark
    public int fenceLookAndSpinHint() {
        memory.mb();
        Thread.onSpinWait();
        return memory.getLe16Opaque(IDX);
    }
}
