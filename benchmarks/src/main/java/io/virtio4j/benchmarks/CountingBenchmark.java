// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the counters of a queue cost, in nanoseconds a step: one round of a request on one thread, in a JVM that counts and in
 * one that does not. A round has seven steps: offer, kickNeeded, next, complete, publish, callNeeded, poll.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CountingBenchmark implements UsedHandler {
    private static final int STEPS = 7;
    private static final int FORKS = 3;

    /** The ring's format. */
    @Param({"split", "packed"})
    public String ring;

    private DriverQueue driver;
    private DeviceQueue device;
    private BufferChain request;
    private long taken;

    /** Makes the queue. */
    @Setup
    public void setUp() {
        BothHalves queue = BothHalves.of(ring, "event-index");
        driver = queue.driver;
        device = queue.device;
        request = queue.request;
        driver.disableCallbacks();
        device.disableNotifications();
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        taken += token;
    }

    /** As always. */
    @Benchmark
    @Fork(FORKS)
    @OperationsPerInvocation(STEPS)
    public long counted() {
        return round();
    }

    /** The same code without a single counter. */
    @Benchmark
    @Fork(value = FORKS, jvmArgsAppend = "-Dio.virtio4j.counters=off")
    @OperationsPerInvocation(STEPS)
    public long uncounted() {
        return round();
    }

    private long round() {
        driver.offer(request, 1);
        boolean told = driver.kickNeeded();
        int handle = device.next();
        device.complete(handle, BothHalves.PART_BYTES);
        device.publish();
        told |= device.callNeeded();
        driver.poll(this, 1);
        return told ? -1 : taken;
    }
}
