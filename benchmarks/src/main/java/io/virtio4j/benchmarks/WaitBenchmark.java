// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import org.agrona.LangUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
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
 * How long a driver takes to notice that a request is done, by the way it waits: spinning, giving way, asleep until called.
 * The device spins on another processor and takes the given time for a request, which is a part of the result. Needs two
 * processors to itself.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WaitBenchmark implements UsedHandler {
    private static final int SIZE = 256;
    private static final int REQUEST_BYTES = 64;
    private static final long GUEST_BASE = 0x10_0000;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How the driver waits. */
    @Param({"spin", "yield", "block"})
    public String wait;

    /** How long the device takes for a request. */
    @Param({"0", "20000"})
    public long serviceNanos;

    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final BufferChain request = new BufferChain(1);
    private IdleStrategy idle = BusySpinIdleStrategy.INSTANCE;
    private DriverQueue driver;
    private AgentRunner deviceThread;
    private long taken;

    /** Starts the device's thread. */
    @Setup
    public void setUp() {
        Features features = Features.of(FeatureBits.VERSION_1, FeatureBits.EVENT_IDX);
        SharedMemory memory = SharedMemory.allocate(1 << 16, GUEST_BASE);
        DmaArena arena = new DmaArena(memory);
        DmaBuffer buffer = arena.allocate(REQUEST_BYTES, REQUEST_BYTES);
        RingFormat format = RingFormat.of(features);
        QueueAddresses addresses = new QueueAddresses(
                arena.allocate(format.descriptorAreaBytes(SIZE), 128).guestAddress(),
                arena.allocate(format.driverAreaBytes(SIZE), 128).guestAddress(),
                arena.allocate(format.deviceAreaBytes(SIZE), 128).guestAddress());
        QueueConfig config = new QueueConfig(0, SIZE, features, addresses);
        GuestMemory guest = GuestMemory.of(memory);
        request.addReadable(buffer);
        idle = wait.equals("yield") ? new YieldingIdleStrategy() : BusySpinIdleStrategy.INSTANCE;
        driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, LangUtil::rethrowUnchecked);
        DeviceQueue device = DeviceQueue.create(config, guest, signal, LangUtil::rethrowUnchecked);
        driver.disableCallbacks();
        device.disableNotifications();
        deviceThread = new AgentRunner(
                BusySpinIdleStrategy.INSTANCE, LangUtil::rethrowUnchecked, null, new Answer(device, serviceNanos));
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

    /** Offers, then waits until it is back. */
    @Benchmark
    public long offerAndWait() {
        driver.offer(request, 1);
        int used = wait.equals("block")
                ? driver.awaitUsed(this, 1, signal, TIMEOUT_NANOS)
                : driver.pollUsedFor(this, 1, TIMEOUT_NANOS, idle);
        if (used != 1) {
            throw new IllegalStateException("the device did not answer: " + used);
        }
        return taken;
    }

    /** A device that takes its time for every request, and calls when asked to. */
    private record Answer(DeviceQueue queue, long serviceNanos) implements Agent {
        @Override
        public int doWork() {
            int id = queue.next();
            if (id < 0) {
                return 0;
            }
            if (serviceNanos > 0) {
                long startNanos = System.nanoTime();
                while (System.nanoTime() - startNanos < serviceNanos) {
                    Thread.onSpinWait();
                }
            }
            queue.complete(id, 0);
            queue.flush();
            return 1;
        }

        @Override
        public String roleName() {
            return "device";
        }
    }
}
