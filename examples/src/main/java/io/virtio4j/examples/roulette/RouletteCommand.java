// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.cli.DeviceOption;
import io.virtio4j.examples.cli.Terminal;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.wheel.Spin;
import io.virtio4j.examples.wheel.WheelPainter;
import io.virtio4j.preempt.PreemptOptions;
import io.virtio4j.preempt.PreemptStatistics;
import io.virtio4j.queue.BarrierPolicy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virtio4j roulette}: draws the wheel through the GPU driver and says what the frames cost. */
@Command(
        name = "roulette",
        description = "Draw a spinning roulette wheel through the GPU driver, check every frame, and count its fences.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Writes into the output directory: roulette.png, the last frame; roulette.gif, the spin as an animation;"
                    + " perf.json, what was measured; perf.svg, the same as a chart.",
            "The last line is the result, for example: roulette: 11 black",
            "Exit status: 0 done, 1 the work failed or a frame was corrupt, 2 bad usage."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class RouletteCommand implements Callable<Integer> {
    private static final int MAX_FRAMES = 1_000_000;
    private static final long MAX_SERVICE_MICROS = TimeUnit.SECONDS.toMicros(5);
    private static final long MIN_TICK_MICROS = 10;
    private static final long MAX_TICK_MICROS = TimeUnit.SECONDS.toMicros(1);
    private static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(1);

    /** What {@code --barriers} takes. */
    enum Barriers {
        OPTIMIZED,
        BASELINE,
        COMPARE;

        List<BarrierPolicy> policies() {
            return switch (this) {
                case OPTIMIZED -> List.of(BarrierPolicy.OPTIMIZED);
                case BASELINE -> List.of(BarrierPolicy.BASELINE);
                case COMPARE -> List.of(BarrierPolicy.OPTIMIZED, BarrierPolicy.BASELINE);
            };
        }
    }

    private int corruptFrames;
    private long lostRequests;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "120",
            description = "how many frames (${DEFAULT-VALUE})")
    private int frames;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            defaultValue = "1280x720",
            converter = FrameSize.Converter.class,
            description = "size of a frame in pixels (${DEFAULT-VALUE})")
    private FrameSize size;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "decides the spin (${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--barriers",
            paramLabel = "POLICY",
            defaultValue = "optimized",
            description = "where the driver puts its fences while it waits: optimized, baseline (one in every spin),"
                    + " or compare, which runs both (${DEFAULT-VALUE})")
    private Barriers barriers;

    @Option(
            names = "--service-us",
            paramLabel = "N",
            defaultValue = "0",
            description = "the device's time for a command in microseconds (${DEFAULT-VALUE})")
    private long serviceMicros;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "sim",
            converter = DeviceConverter.class,
            description = "sim, or none to draw without a GPU (${DEFAULT-VALUE})")
    private DeviceOption device;

    @Option(names = "--full-frames", description = "transfer the whole frame, not only what changed")
    private boolean fullFrames;

    @Option(
            names = "--show",
            description =
                    "show in a window what the device shows, at 30 frames a second; the frame path never waits for the"
                            + " window, which drops the frames that it has no time for; closing it, or Escape, ends the"
                            + " run, and after the last frame it stays for 3 seconds")
    private boolean show;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            defaultValue = "2",
            description = "threads as CPUs: the driver is the first, and tasks that migrate take guards on all of them"
                    + " (${DEFAULT-VALUE})")
    private int cpus;

    @Option(
            names = "--tick-us",
            paramLabel = "N",
            defaultValue = "4000",
            description = "the period of the timer that interrupts the driver, in microseconds (${DEFAULT-VALUE}: 250"
                    + " ticks a second, as most Linux kernels have)")
    private long tickMicros;

    @Option(
            names = "--time",
            paramLabel = "S",
            defaultValue = "0",
            description = "spin again and again for at least so many seconds; the pictures are those of the first spin"
                    + " (${DEFAULT-VALUE}: once)")
    private long seconds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "where the files go (the working directory)")
    private Path out;

    /** What {@code --device} takes here. */
    static final class DeviceConverter extends DeviceOption.Converter {
        DeviceConverter() {
            super(SIM, NONE);
        }
    }

    @Override
    public Integer call() {
        checkOptions();
        try (Audience audience = show ? window() : Audience.NOBODY) {
            Spin spin = new Spin(seed, frames);
            WheelPainter painter = new WheelPainter(spin, size.width(), size.height());
            try (PictureFiles files =
                    PictureFiles.open(out, size, frames, WheelPainter.palette(spin, size.width(), size.height()))) {
                return run(painter, files, audience);
            }
        }
    }

    private Audience window() {
        try {
            return ShowWindow.open(size);
        } catch (NoDisplayException e) {
            throw usage("--show cannot open a window (" + e.getMessage() + "); run it on a display, or without --show");
        }
    }

    private void checkOptions() {
        if (show && device instanceof DeviceOption.None) {
            throw usage("--show shows what the device shows, and with --device none there is no device");
        }
        if (frames < 1 || frames > MAX_FRAMES) {
            throw usage("--frames is 1 to " + MAX_FRAMES + ", not " + frames);
        }
        if (serviceMicros < 0 || serviceMicros > MAX_SERVICE_MICROS) {
            throw usage("--service-us is 0 to " + MAX_SERVICE_MICROS + ", not " + serviceMicros);
        }
        if (cpus < 1 || cpus > PreemptOptions.MAX_CPUS) {
            throw usage("--cpus is 1 to " + PreemptOptions.MAX_CPUS + ", not " + cpus);
        }
        if (tickMicros < MIN_TICK_MICROS || tickMicros > MAX_TICK_MICROS) {
            throw usage("--tick-us is " + MIN_TICK_MICROS + " to " + MAX_TICK_MICROS + ", not " + tickMicros);
        }
        if (seconds < 0 || seconds > MAX_SECONDS) {
            throw usage("--time is 0 to " + MAX_SECONDS + " seconds, not " + seconds);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int run(WheelPainter painter, PictureFiles files, Audience audience) {
        PrintWriter console = spec.commandLine().getOut();
        PerfLog log = new PerfLog(console, !Terminal.isInteractive());
        RunOptions options = new RunOptions(
                fullFrames,
                cpus,
                TimeUnit.MICROSECONDS.toNanos(tickMicros),
                TimeUnit.SECONDS.toNanos(seconds),
                audience);
        RouletteRun run = new RouletteRun(painter, size, console, log, options);
        int corrupt = 0;
        if (device instanceof DeviceOption.None || !onGpu(run, files, console, audience)) {
            console.println("virtio-gpu unavailable; falling back to framebuffer");
            files.removeReport();
            run.withoutDevice(files);
        } else {
            corrupt = corruptFrames;
        }
        Spin spin = painter.spin();
        audience.summary().ifPresent(console::println);
        console.println("roulette: " + spin.result() + " " + spin.colour().word());
        console.flush();
        audience.applaud();
        if (corrupt > 0) {
            throw new WorkFailedException(corrupt + " frames were not shown as they were drawn");
        }
        if (lostRequests > 0) {
            throw new WorkFailedException(lostRequests + " requests to reschedule were lost");
        }
        return 0;
    }

    /** Runs what --barriers asks for; false if there is no GPU to drive. */
    private boolean onGpu(RouletteRun run, PictureFiles files, PrintWriter console, Audience audience) {
        long serviceNanos = TimeUnit.MICROSECONDS.toNanos(serviceMicros);
        List<PerfReport> reports = new ArrayList<>();
        for (BarrierPolicy policy : barriers.policies()) {
            // The pictures of the first run are those of all.
            Optional<PictureFiles> pictures = reports.isEmpty() ? Optional.of(files) : Optional.empty();
            Optional<PerfReport> report = run.onSim(policy, serviceNanos, pictures);
            if (report.isEmpty()) {
                return false;
            }
            reports.add(report.get());
            summarize(console, report.get());
            if (audience.hasLeft()) {
                break;
            }
        }
        files.writeReport(reports);
        if (reports.size() > 1) {
            console.printf(
                    Locale.ROOT,
                    "baseline needs %.1f times the fences of optimized%n",
                    reports.get(1).fencesPerFrame() / reports.get(0).fencesPerFrame());
        }
        corruptFrames = reports.stream().mapToInt(PerfReport::corruptFrames).sum();
        lostRequests =
                reports.stream().mapToLong(report -> report.preempt().lost()).sum();
        return true;
    }

    private static void summarize(PrintWriter console, PerfReport report) {
        console.printf(
                Locale.ROOT,
                "%s: %d frames of %dx%d, %.1f frames a second, %.1f fences, %.1f spins and %.1f completions a frame,"
                        + " %.2f times a plain copy, %d corrupt%n",
                report.barriers(),
                report.frames(),
                report.width(),
                report.height(),
                report.fps(),
                report.fencesPerFrame(),
                report.spinsPerFrame(),
                report.completionsPerFrame(),
                report.copyRatio(),
                report.corruptFrames());
        PreemptStatistics preempt = report.preempt();
        console.println("preempt: " + preempt.cpus() + " CPUs, " + preempt.ticks() + " ticks, " + preempt.deferred()
                + " requests deferred by a guard, " + preempt.callbacks() + " callbacks, guards nested to "
                + preempt.maxDepth() + ", " + preempt.lost() + " requests lost");
        console.flush();
    }
}
