// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.SharedMemory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The two classes of memory side by side: single accesses, and one request there and back on one thread. Each needs a JVM of
 * its own, so this cannot be run without forks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MemoryAccessBenchmark implements UsedHandler {
    private static final int OFFSET = 64;
    private static final int BLOCK_BYTES = 4096;

    /** With the JVM flag and without. */
    @Param({"agrona", "views"})
    public String memory;

    private SharedMemory region;
    private BothHalves split;
    private BothHalves packed;
    private int index;
    private long taken;

    /** Chooses the memory, before anything of it is loaded, and makes the queues. */
    @Setup
    public void setUp() {
        System.setProperty(SharedMemory.CHOICE_PROPERTY, memory);
        region = SharedMemory.allocate(1 << 20, 0);
        if (!region.toString().toLowerCase(Locale.ROOT).startsWith(memory.substring(0, 4))) {
            throw new IllegalStateException("asked for " + memory + " and got " + region + "; run with forks");
        }
        split = BothHalves.of("split", "flag");
        packed = BothHalves.of("packed", "flag");
        for (BothHalves queue : new BothHalves[] {split, packed}) {
            queue.driver.disableCallbacks();
            queue.device.disableNotifications();
        }
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        taken += token;
    }

    /** The load of a spin. */
    @Benchmark
    public int loadIndex() {
        return region.getLe16Opaque(OFFSET);
    }

    /** A write barrier and an index behind it. */
    @Benchmark
    public void publishIndex() {
        region.putLe16Opaque(region.wmb(), OFFSET, ++index);
    }

    /** Half of a descriptor. */
    @Benchmark
    public long loadHalfADescriptor() {
        return region.getLe64(OFFSET);
    }

    /** A block copied inside the region. */
    @Benchmark
    public void copyBlock() {
        region.copyTo(0, region, 2 * BLOCK_BYTES, BLOCK_BYTES);
    }

    /** A block of zeros. */
    @Benchmark
    public void zeroBlock() {
        region.fill(0, BLOCK_BYTES, 0);
    }

    /** One request there and back over a split ring. */
    @Benchmark
    public long roundSplit() {
        return round(split);
    }

    /** One request there and back over a packed ring. */
    @Benchmark
    public long roundPacked() {
        return round(packed);
    }

    private long round(BothHalves queue) {
        queue.driver.offer(queue.request, 1);
        int id = queue.device.next();
        queue.device.complete(id, BothHalves.PART_BYTES);
        queue.device.publish();
        queue.driver.poll(this, 1);
        return taken;
    }
}
