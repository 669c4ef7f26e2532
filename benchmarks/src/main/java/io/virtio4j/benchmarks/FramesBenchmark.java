// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.gpu.Backing;
import io.virtio4j.gpu.FramePipeline;
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
 * Frames of a whole screen, drawn and shown: each command waited for, with either barrier policy, and two frames in flight.
 *
 * <p>A frame is drawn anew, by filling its image, so that a pipeline has something to do while the device works: time is per
 * frame, drawing included. {@link #draw} is that part alone. Fences, completions and kicks of a frame are secondary results;
 * with {@code -prof gc} a frame allocates nothing. Needs two processors to itself.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 2, time = 1)
public class FramesBenchmark {
    private static final int IMAGES = 2;
    private static final long DRIVER_BYTES = 1L << 20;

    /** How frames are shown: command by command with either barrier policy, or two frames at a time. */
    public enum Path {
        /** Every command waited for, one fence when it has come. */
        OPTIMIZED,

        /** Every command waited for, a fence in every look. */
        BASELINE,

        /** Two frames in flight, one fence when something has come. */
        PIPELINED
    }

    /** How frames are shown. */
    @Param({"OPTIMIZED", "BASELINE", "PIPELINED"})
    public Path path;

    /** Width and height of the screen. */
    @Param({"1920x1080", "3840x2160"})
    public String size;

    /** How long the device takes for each of the two commands at least, in microseconds. */
    @Param({"0", "100", "2000"})
    public int serviceMicros;

    private InProcessTransport transport;
    private GpuDevice gpu;
    private FramePipeline pipeline;
    private Resource screen;
    private DmaBuffer pixels;
    private SharedMemory memory;
    private QueueStats before;
    private long frames;

    /** Brings the device up with a screen whose backing holds two images. */
    @Setup
    public void setUp() {
        int by = size.indexOf('x');
        int width = Integer.parseInt(size.substring(0, by));
        int height = Integer.parseInt(size.substring(by + 1));
        long imagesBytes = (long) IMAGES * width * height * GpuFormat.BYTES_PER_PIXEL;
        memory = SharedMemory.allocate(imagesBytes + DRIVER_BYTES, 0x4000_0000);
        DmaArena arena = new DmaArena(memory);
        SimGpuConfig settings =
                SimGpuConfig.of(width, height).withServiceTimeNanos(TimeUnit.MICROSECONDS.toNanos(serviceMicros));
        transport = InProcessTransport.start(
                new SimGpu(settings), GuestMemory.of(memory), DeviceIdle.SPIN, LangUtil::rethrowUnchecked);
        BarrierPolicy barriers = path == Path.BASELINE ? BarrierPolicy.BASELINE : BarrierPolicy.OPTIMIZED;
        gpu = GpuDevice.open(transport, arena, GpuOptions.defaults().withBarriers(barriers));
        screen = gpu.createResource(GpuFormat.B8G8R8X8, width, height);
        pixels = arena.allocate(imagesBytes, 4096);
        gpu.attachBacking(screen, Backing.ofBuffers(pixels));
        gpu.setScanout(0, screen);
        pipeline = gpu.frames(screen, IMAGES);
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

    /** Draws one frame and shows it. */
    @Benchmark
    public void frame() {
        if (path == Path.PIPELINED) {
            fill(pipeline.next());
            pipeline.show(0, 0, screen.width(), screen.height());
        } else {
            fill(0);
            gpu.frame(screen, 0, 0, screen.width(), screen.height());
        }
        frames++;
    }

    /** Draws one frame. */
    @Benchmark
    public void draw() {
        fill(0);
        frames++;
    }

    private void fill(int image) {
        memory.fill(pixels.offset() + pipeline.backingOffset(image), screen.lengthBytes(), (int) frames);
    }

    /** Waits for the frames in flight, and hands over what was counted. */
    @TearDown(Level.Iteration)
    public void end() {
        pipeline.drain();
        QueueStats counted = gpu.controlStats().minus(before);
        SecondaryResults.record(
                "#",
                Map.of(
                        "fencesPerFrame", perFrame(counted, QueueCounter.POLL_FENCES),
                        "completionsPerFrame", perFrame(counted, QueueCounter.COMPLETIONS),
                        "kicksPerFrame", perFrame(counted, QueueCounter.KICKS_SENT)));
    }

    private double perFrame(QueueStats counted, QueueCounter counter) {
        return (double) counted.get(counter) / frames;
    }
}
