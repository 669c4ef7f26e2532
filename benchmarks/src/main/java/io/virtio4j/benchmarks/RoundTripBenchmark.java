// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.UsedHandler;
import java.util.concurrent.TimeUnit;
import org.agrona.LangUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One request to a device on another processor and back, both sides spinning: what moving the ring's cache lines costs on
 * top of {@link RingBenchmark}. Needs two processors to itself.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoundTripBenchmark implements UsedHandler {
    private static final long MAX_SPINS = 1L << 30;

    /** The ring's format. */
    @Param({"split", "packed"})
    public String ring;

    private final IdleStrategy idle = BusySpinIdleStrategy.INSTANCE;
    private BothHalves queue;
    private AgentRunner deviceThread;
    private long taken;

    /** Starts the device's thread. */
    @Setup
    public void setUp() {
        queue = BothHalves.of(ring, "flag");
        queue.driver.disableCallbacks();
        queue.device.disableNotifications();
        deviceThread = new AgentRunner(
                BusySpinIdleStrategy.INSTANCE, LangUtil::rethrowUnchecked, null, new Answer(queue.device));
        AgentRunner.startOnThread(deviceThread);
    }

    /** Stops it. */
    @TearDown
    public void tearDown() {
        deviceThread.close();
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        taken += token;
    }

    /** Offers, then spins until it is back. */
    @Benchmark
    public long roundTrip() {
        queue.driver.offer(queue.request, 1);
        if (queue.driver.pollUsed(this, 1, MAX_SPINS, idle) != 1) {
            throw new IllegalStateException("the device did not answer");
        }
        return taken;
    }

    /** A device that gives every request back at once. */
    private record Answer(DeviceQueue queue) implements Agent {
        @Override
        public int doWork() {
            int id = queue.next();
            if (id < 0) {
                return 0;
            }
            queue.complete(id, BothHalves.PART_BYTES);
            queue.publish();
            return 1;
        }

        @Override
        public String roleName() {
            return "device";
        }
    }
}
