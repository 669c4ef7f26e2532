// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.device.Scanout;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.wheel.WheelPainter;
import io.virtio4j.gpu.Backing;
import io.virtio4j.gpu.Damage;
import io.virtio4j.gpu.GpuDevice;
import io.virtio4j.gpu.GpuException;
import io.virtio4j.gpu.GpuOptions;
import io.virtio4j.gpu.Resource;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.InterruptPointIdleStrategy;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.PreemptStatistics;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.DeviceSleep;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.GpuFormat;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Shows all frames of a spin once, on one device with one barrier policy, and measures them. */
final class RouletteRun {
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final long DRIVER_BYTES = 4 << 20;
    private static final long HOST_BYTES_BESIDE_PIXELS = 16 << 20;
    private static final int MAX_RESOURCES = 16;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Some 200 ms of looking in vain. */
    private static final DeviceSleep BETWEEN_FRAMES = new DeviceSleep(5_000_000, DeviceSleep.DEFAULT.maxSleepNanos());

    private static final PixelRect NOTHING_NEW = new PixelRect(0, 0, 1, 1);

    private final WheelPainter painter;
    private final FrameSize size;
    private final PrintWriter console;
    private final PerfLog log;
    private final RunOptions options;
    private final PictureChecksum checksum;

    RouletteRun(WheelPainter painter, FrameSize size, PrintWriter console, PerfLog log, RunOptions options) {
        this.painter = painter;
        this.size = size;
        this.console = console;
        this.log = log;
        this.options = options;
        this.checksum = new PictureChecksum(size);
    }

    /** Draws without a device: nothing is transferred, and the files show what was drawn. */
    void withoutDevice(PictureFiles files) {
        int frames = painter.spin().frames();
        for (int frame = 0; frame < frames; frame++) {
            painter.paint(frame);
            files.addFrame(frame, painter.pixels());
        }
        files.finish(painter.pixels());
    }

    /**
     * Shows all frames on a simulated GPU.
     *
     * @param files gets the pictures that the device showed; empty to leave them out
     * @return the report, or nothing if there is no GPU to drive
     */
    Optional<PerfReport> onSim(BarrierPolicy policy, long serviceTimeNanos, Optional<PictureFiles> files) {
        ScanoutTap tap = new ScanoutTap(options.audience());
        return on(tap, tap, policy, serviceTimeNanos, files);
    }

    /** As {@link #onSim}, with something between the device and the tap that reads what it shows. */
    Optional<PerfReport> on(
            Scanout scanout,
            ScanoutTap tap,
            BarrierPolicy policy,
            long serviceTimeNanos,
            Optional<PictureFiles> files) {
        SharedMemory ram = SharedMemory.allocate(Framebuffer.arenaBytes(size) + DRIVER_BYTES, GUEST_ADDRESS);
        SimGpuConfig config = SimGpuConfig.of(size.width(), size.height())
                .withScanout(scanout)
                .withServiceTimeNanos(serviceTimeNanos)
                .withLimits(size.bytes() + HOST_BYTES_BESIDE_PIXELS, MAX_RESOURCES);
        DmaArena arena = new DmaArena(ram);
        GpuOptions gpuOptions = GpuOptions.defaults()
                .withBarriers(policy)
                .withTimeoutNanos(TIMEOUT_NANOS)
                .withIdle(InterruptPointIdleStrategy.INSTANCE); // whoever waits for the device can be interrupted
        try (DriverCpus cpus = DriverCpus.boot(options.cpus(), options.tickNanos(), this::taskError);
                InProcessTransport transport = InProcessTransport.start(
                        new SimGpu(config), GuestMemory.of(ram), deviceThread(), this::deviceError)) {
            Optional<GpuDevice> probed = probe(transport, arena, gpuOptions);
            if (probed.isEmpty()) {
                return Optional.empty();
            }
            try (GpuDevice gpu = probed.get()) {
                return Optional.of(show(gpu, arena, tap, policy, serviceTimeNanos, cpus, files));
            }
        } catch (GpuException | TransportException e) {
            // It was there and is gone: that is no reason to pretend that there never was a GPU.
            throw new WorkFailedException("the GPU failed: " + e.getMessage(), e);
        }
    }

    /**
     * {@return how the device waits for frames} It stays awake from one to the next where it has a processor to itself, since
     * what is timed is the path and not how long a processor takes to wake; before a window frames are 33 ms apart, and it
     * sleeps.
     */
    private InProcessOptions deviceThread() {
        boolean staysAwake =
                options.audience() == Audience.NOBODY && Runtime.getRuntime().availableProcessors() > 1;
        return InProcessOptions.DEFAULTS
                .withIdle(DeviceIdle.NOTIFIED)
                .withSleep(staysAwake ? BETWEEN_FRAMES : DeviceSleep.DEFAULT);
    }

    private Optional<GpuDevice> probe(InProcessTransport transport, DmaArena arena, GpuOptions options) {
        try {
            GpuDevice gpu = GpuDevice.open(transport, arena, options);
            console.println("virtio-gpu driver probe succeeded");
            return Optional.of(gpu);
        } catch (GpuException | DeviceInitException | TransportException e) {
            console.println("virtio-gpu: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void deviceError(Throwable error) {
        console.println("virtio-gpu device: " + error);
    }

    private void taskError(Throwable error) {
        console.println("preempt: " + error);
    }

    private PerfReport show(
            GpuDevice gpu,
            DmaArena arena,
            ScanoutTap tap,
            BarrierPolicy policy,
            long serviceTimeNanos,
            DriverCpus cpus,
            Optional<PictureFiles> files) {
        Framebuffer framebuffer = new Framebuffer(arena, size);
        Resource screen = gpu.createResource(GpuFormat.B8G8R8X8, size.width(), size.height());
        gpu.attachBacking(screen, Backing.ofBuffers(framebuffer.pieces().toArray(DmaBuffer[]::new)));
        gpu.setScanout(0, screen);

        PixelRect everything = new PixelRect(0, 0, size.width(), size.height());
        PlainCopy plainCopy = new PlainCopy(size);
        int[] shown = new int[size.width() * size.height()];
        FrameTimes times = new FrameTimes();
        int spinFrames = painter.spin().frames();
        int frame = 0;
        int corrupt = 0;
        Damage damage = new Damage(1);
        WarmUp.run(gpu, screen, damage);
        QueueStats start = gpu.controlStats();
        QueueStats before = start;
        long end = System.nanoTime() + options.minimumNanos();
        do {
            long drawStart = System.nanoTime();
            painter.paint(frame % spinFrames);
            PixelRect changed = frame == 0 || options.fullFrames() ? everything : painter.damage();
            PixelRect rect = changed.isEmpty() ? NOTHING_NEW : changed;
            framebuffer.write(painter.pixels(), rect);

            damage.clear();
            damage.add(rect.x(), rect.y(), rect.width(), rect.height());
            int flushes = tap.flushes();
            long pathStart;
            long pathEnd;
            try (PreemptGuard guard = PreemptGuard.enter()) {
                pathStart = System.nanoTime();
                gpu.frame(screen, damage);
                pathEnd = System.nanoTime();
                requireFirst(guard.cpu());
            } // a tick that came meanwhile has its say here

            QueueStats after = gpu.controlStats();
            log.frame(after.minus(before));
            before = after;

            long checkStart = System.nanoTime();
            boolean same = tap.flushes() == flushes + 1
                    && tap.read(shown, size)
                    && checksum.of(shown) == checksum.of(painter.pixels());
            corrupt += same ? 0 : 1;
            long encodeStart = System.nanoTime();
            if (frame < spinFrames) {
                addFrame(files, frame, shown, frame == spinFrames - 1);
            }
            times.encodeNanos += System.nanoTime() - encodeStart;
            times.checkNanos += encodeStart - checkStart;
            times.drawNanos += pathStart - drawStart;
            times.addPath(pathEnd - pathStart, plainCopy.copyNanos(painter.pixels(), rect));
            frame++;
        } while (options.audience().awaitsNext() && (frame < spinFrames || System.nanoTime() - end < 0));
        if (frame < spinFrames) {
            files.ifPresent(pictures -> pictures.finishEarly(shown));
        }
        log.flush();
        QueueStats all = gpu.controlStats().minus(start);
        return report(policy, serviceTimeNanos, frame, all, corrupt, times, cpus.finish());
    }

    private static void requireFirst(Cpu cpu) {
        if (cpu.index() != 0) {
            throw new IllegalStateException("the driver runs on " + cpu);
        }
    }

    /** The pictures are those of the first spin. */
    private static void addFrame(Optional<PictureFiles> files, int frame, int[] shown, boolean last) {
        if (files.isPresent()) {
            files.get().addFrame(frame, shown);
            if (last) {
                files.get().finish(shown);
            }
        }
    }

    private PerfReport report(
            BarrierPolicy policy,
            long serviceTimeNanos,
            int frames,
            QueueStats stats,
            int corrupt,
            FrameTimes times,
            PreemptStatistics preempt) {
        return new PerfReport(
                frames,
                size.width(),
                size.height(),
                policy.name().toLowerCase(Locale.ROOT),
                serviceTimeNanos,
                frames * 1e9 / times.framePathNanos,
                perFrame(stats, QueueCounter.POLL_FENCES, frames),
                perFrame(stats, QueueCounter.SPINS, frames),
                perFrame(stats, QueueCounter.COMPLETIONS, frames),
                perFrame(stats, QueueCounter.WMB, frames),
                perFrame(stats, QueueCounter.MB, frames),
                perFrame(stats, QueueCounter.KICKS_SENT, frames),
                corrupt,
                times.copyRatio(),
                times.framePathNanos / frames,
                times.drawNanos / frames,
                times.checkNanos / frames,
                times.encodeNanos / frames,
                preempt);
    }

    private static double perFrame(QueueStats stats, QueueCounter counter, int frames) {
        return (double) stats.get(counter) / frames;
    }
}
