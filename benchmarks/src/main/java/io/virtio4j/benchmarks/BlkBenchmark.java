// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.memory.SharedMemory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * A random read of 4 KiB through the block driver and a device on another thread, beside the copy that it comes down to. Time
 * is per request; with several in flight it is what passes from one to the next. Needs two processors to itself.
 *
 * <p>For a ratio use {@code ./virtio4j blk-bench}, which holds the two side by side in slices of one run.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlkBenchmark {
    private static final int READS = 1_024;

    /** A disk in memory and its driver. */
    @State(Scope.Thread)
    public static class Device {
        /** The ring's format. */
        @Param({"split", "packed"})
        public String ring;

        /** How many requests are in flight. */
        @Param({"1", "32"})
        public int depth;

        private MemoryDisk disk;

        /** Brings it up. */
        @Setup
        public void setUp() {
            disk = MemoryDisk.open(ring.equals("packed"), depth);
        }

        /** Takes it down. */
        @TearDown
        public void tearDown() {
            disk.close();
        }
    }

    /** The same bytes in plain memory. */
    @State(Scope.Thread)
    public static class Memory {
        private final SharedMemory disk = SharedMemory.allocate(MemoryDisk.LENGTH_BYTES, 0);
        private final SharedMemory buffer = SharedMemory.allocate(MemoryDisk.BLOCK_BYTES, 0);
        private final SplittableRandom random = new SplittableRandom(1);

        /** Touches every page. */
        @Setup
        public void setUp() {
            disk.fill(0, disk.lengthBytes(), 1);
        }
    }

    /** Through the driver. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public long randomRead(Device device) {
        return device.disk.read(READS);
    }

    /** The copy alone. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public SharedMemory plainCopy(Memory memory) {
        for (int i = 0; i < READS; i++) {
            long block = memory.random.nextLong(MemoryDisk.BLOCKS);
            memory.disk.copyTo(block * MemoryDisk.BLOCK_BYTES, memory.buffer, 0, MemoryDisk.BLOCK_BYTES);
        }
        return memory.buffer;
    }
}
