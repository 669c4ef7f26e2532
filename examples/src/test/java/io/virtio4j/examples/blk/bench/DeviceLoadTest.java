// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loop that is measured. */
final class DeviceLoadTest {
    private static final int BLOCK_BYTES = 4096;
    private static final long AREA_BYTES = 1 << 20;
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The JVM itself allocates a few hundred bytes now and then while it links and compiles; our code would each time. */
    private static final int REPEATS = 200;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final FirstError errors = new FirstError();
    private final Latencies latencies = new Latencies();

    private static Workload workload(Pattern pattern) {
        return new Workload(pattern, 50, BLOCK_BYTES, 1, AREA_BYTES, 3);
    }

    private DeviceLoad load(BenchDisk disk, Workload workload) {
        return new DeviceLoad(disk.queue(0), new Places(workload, 0), latencies, disk.buffers(0));
    }

    private static long run(DeviceLoad load, long nanos) {
        return load.run(System.nanoTime() + nanos);
    }

    @ParameterizedTest
    @CsvSource({"SPLIT, 1", "SPLIT, 32", "PACKED, 1", "PACKED, 32"})
    void allocatesNothing(Ring ring, int depth) {
        Workload workload = workload(Pattern.RANDRW);
        try (BenchDisk disk = BenchDisk.open(new MemoryBlockStore(AREA_BYTES), workload, depth, ring, 1, errors)) {
            disk.layOut(AREA_BYTES);
            DeviceLoad load = load(disk, workload);
            long least = Long.MAX_VALUE;
            long requests = 0;
            for (int repeat = 0; repeat < REPEATS && least != 0; repeat++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                requests += run(load, SLICE_NANOS);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isZero();
            assertThat(requests).isGreaterThanOrEqualTo(depth);
            assertThat(errors.get()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"SPLIT, 1", "SPLIT, 200", "PACKED, 1", "PACKED, 300", "SPLIT, 300"})
    void everyRequestComesBackOnceAndIsRecordedOnce(Ring ring, int depth) {
        Workload workload = workload(Pattern.RANDRW);
        try (BenchDisk disk = BenchDisk.open(new MemoryBlockStore(AREA_BYTES), workload, depth, ring, 1, errors)) {
            DeviceLoad load = load(disk, workload);
            long requests = run(load, SLICE_NANOS) + run(load, SLICE_NANOS);
            // Either may be missing where there was time for one request only.
            long recorded = Stream.of(latencies.reads(), latencies.writes())
                    .flatMap(Optional::stream)
                    .mapToLong(LatencyReport::count)
                    .sum();
            assertThat(recorded).isEqualTo(requests);
            assertThat(disk.queue(0).counters().get(QueueCounter.COMPLETIONS)).isEqualTo(requests);
            assertThat(disk.deviceCounters(0).get(QueueCounter.COMPLETIONS)).isEqualTo(requests);
            assertThat(load.failed()).isZero();
            assertThat(errors.get()).isEmpty();
        }
    }

    /** With no time at all, each place in flight has one request. */
    @ParameterizedTest
    @CsvSource({"1", "7", "32"})
    void keepsAsManyInFlightAsItHasBuffers(int depth) {
        Workload workload = workload(Pattern.READ);
        try (BenchDisk disk =
                BenchDisk.open(new MemoryBlockStore(AREA_BYTES), workload, depth, Ring.SPLIT, 1, errors)) {
            assertThat(run(load(disk, workload), 0)).isEqualTo(depth);
        }
    }

    @Test
    void afterARequestThatFailedNothingMoreIsSubmitted() throws IOException {
        Workload workload = workload(Pattern.RANDREAD);
        try (BlockStore flaky = new FlakyStoreProvider().open(URI.create("flaky:100"));
                BenchDisk disk = BenchDisk.open(flaky, workload, 4, Ring.PACKED, 1, errors)) {
            DeviceLoad load = load(disk, workload);
            long requests = run(load, TimeUnit.SECONDS.toNanos(20));
            assertThat(requests).isBetween(100L, 103L);
            assertThat(load.failed()).isEqualTo(1);
            assertThat(load.failedStatus()).isEqualTo(BlkStatus.IOERR);
            assertThat(latencies.reads().orElseThrow().count()).isEqualTo(requests - 1);
            assertThat(errors.get().orElseThrow()).hasStackTraceContaining("worn out");
            assertThat(run(load, SLICE_NANOS)).isZero();
        }
    }
}
