// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.gpu.Backing;
import io.virtio4j.gpu.GpuDevice;
import io.virtio4j.gpu.GpuOptions;
import io.virtio4j.gpu.Resource;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.wire.GpuFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.LangUtil;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The frame path through the GPU driver: a transfer and a flush, each offered, kicked and waited for with
 * {@code pollUsed}, to a device on a thread of its own that takes a given time for each command.
 *
 * <p>The result is fences per frame: those inside {@code pollUsed}, with spins and completions beside and the time of a
 * frame as JMH's score. With optimized barriers it is 2, one for each completion, whatever the device takes; with the
 * baseline it grows with the device's time, one for each look. Counts are exact on a busy machine too; times are not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class FencesPerFrame {
    private static final long MEMORY_BYTES = 32L << 20;
    private static final int PIXEL_BYTES = 4;

    /** Where the driver puts its fences. */
    @Param({"OPTIMIZED", "BASELINE"})
    public BarrierPolicy barriers;

    /** How long the device takes for each of the two commands, in microseconds. */
    @Param({"0", "100", "2000", "40000"})
    public int serviceMicros;

    /** Between two looks: the processor's spin hint, or nothing. */
    @Param("spin-hint")
    public String idle;

    /** Width and height of a frame. Small by default, so that the copy is not what is measured. */
    @Param("64x64")
    public String size;

    private InProcessTransport transport;
    private GpuDevice gpu;
    private Resource screen;
    private int width;
    private int height;
    private QueueStats before;
    private long frames;

    /** Brings the device up with a screen that has a backing. */
    @Setup
    public void setUp() {
        int by = size.indexOf('x');
        width = Integer.parseInt(size.substring(0, by));
        height = Integer.parseInt(size.substring(by + 1));
        SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x4000_0000);
        DmaArena arena = new DmaArena(memory);
        SimGpuConfig settings =
                SimGpuConfig.of(width, height).withServiceTimeNanos(TimeUnit.MICROSECONDS.toNanos(serviceMicros));
        transport = InProcessTransport.start(
                new SimGpu(settings), GuestMemory.of(memory), DeviceIdle.SPIN, LangUtil::rethrowUnchecked);
        gpu = GpuDevice.open(
                transport, arena, GpuOptions.defaults().withBarriers(barriers).withIdle(idleStrategy()));
        screen = gpu.createResource(GpuFormat.B8G8R8X8, width, height);
        DmaBuffer pixels = arena.allocate((long) width * height * PIXEL_BYTES, 4096);
        gpu.attachBacking(screen, Backing.ofBuffers(pixels));
        gpu.setScanout(0, screen);
    }

    private IdleStrategy idleStrategy() {
        return switch (idle) {
            case "spin-hint" -> BusySpinIdleStrategy.INSTANCE;
            case "nothing" -> NoOpIdleStrategy.INSTANCE;
            default -> throw new IllegalArgumentException("idle is spin-hint or nothing, not " + idle);
        };
    }

    /** Lets go of the device. */
    @TearDown
    public void tearDown() {
        gpu.close();
        transport.close();
    }

    /** Starts to count. */
    @Setup(Level.Iteration)
    public void begin() {
        frames = 0;
        before = gpu.controlStats();
    }

    /** Draws one frame. */
    @Benchmark
    public void frame() {
        gpu.frame(screen, 0, 0, width, height);
        frames++;
    }

    /** Hands over what was counted. */
    @TearDown(Level.Iteration)
    public void end() {
        QueueStats counted = gpu.controlStats().minus(before);
        SecondaryResults.record(
                "#",
                Map.of(
                        "fencesPerFrame", perFrame(counted, QueueCounter.POLL_FENCES),
                        "spinsPerFrame", perFrame(counted, QueueCounter.SPINS),
                        "completionsPerFrame", perFrame(counted, QueueCounter.COMPLETIONS)));
    }

    private double perFrame(QueueStats counted, QueueCounter counter) {
        return (double) counted.get(counter) / frames;
    }
}
