// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One plain copy of the bytes of a 1280x720 frame: the floor under every frame time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class PlainCopyBenchmark {

    private static final int FRAME_BYTES = 1280 * 720 * 4;

    private final UnsafeBuffer from = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_BYTES));
    private final UnsafeBuffer to = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_BYTES));

    /**
     * Copies the frame.
     *
     * @return the target
     */
    @Benchmark
    public UnsafeBuffer copyFrame() {
        to.putBytes(0, from, 0, FRAME_BYTES);
        return to;
    }
}
