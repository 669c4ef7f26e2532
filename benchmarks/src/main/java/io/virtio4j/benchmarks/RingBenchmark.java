// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.transport.Doorbell;
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
 * What the code of a ring costs, both halves on one thread: no cache line moves between processors, so what is left are
 * instructions and fences. A request has one readable and one writable part.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RingBenchmark implements UsedHandler {
    private static final int BATCH = 16;

    /** The ring's format, and with it whether the request takes a table and comes back in order. */
    @Param({"split", "packed", "split-indirect-in-order", "packed-indirect-in-order"})
    public String ring;

    /** How notifications are suppressed. */
    @Param({"flag", "event-index"})
    public String suppression;

    private DriverQueue driver;
    private DeviceQueue device;
    private BufferChain request;
    private long rung;
    private final Doorbell doorbell = payload -> rung += payload;
    private long taken;

    /** Makes the queue. */
    @Setup
    public void setUp() {
        BothHalves queue = BothHalves.of(ring, suppression);
        driver = queue.driver;
        device = queue.device;
        request = queue.request;
        // Both sides poll, as they do under load: every question is answered with no.
        driver.disableCallbacks();
        device.disableNotifications();
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        taken += token;
    }

    /** One request there and back: fences A, A', B, B'. */
    @Benchmark
    public long round() {
        driver.offer(request, 1);
        int id = device.next();
        device.complete(id, BothHalves.PART_BYTES);
        device.publish();
        driver.poll(this, 1);
        return taken;
    }

    /** The same, and each side asks whether the other wants to be told: C and D on top, two full barriers. */
    @Benchmark
    public boolean roundWithNotifications() {
        driver.offer(request, 1);
        boolean told = driver.kick(doorbell);
        int id = device.next();
        device.complete(id, BothHalves.PART_BYTES);
        device.flush();
        driver.poll(this, 1);
        return told;
    }

    /** Sixteen requests behind each index, per request: what batching saves. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long batchOf16() {
        for (int i = 0; i < BATCH; i++) {
            driver.add(request, 1);
        }
        driver.publish();
        boolean told = driver.kickNeeded();
        for (int i = 0; i < BATCH; i++) {
            device.complete(device.next(), BothHalves.PART_BYTES);
        }
        device.publish();
        told |= device.callNeeded();
        driver.poll(this, BATCH);
        return told ? -1 : taken;
    }

    /** The driver looks and finds nothing: one turn of a spin, without the hint. */
    @Benchmark
    public int pollNothing() {
        return driver.poll(this, 1);
    }

    /** The device looks and finds nothing. */
    @Benchmark
    public int nextNothing() {
        return device.next();
    }
}
