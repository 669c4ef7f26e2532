// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.Failures;
import io.virtio4j.examples.cli.JsonFile;
import io.virtio4j.examples.cli.OutputFile;
import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.measure.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program of the ring test. Exit status: 0 done, 1 the work failed or, with {@code --gate}, a bound; 2 bad usage. */
@Command(
        name = "ringtest",
        description = "Hand buffers to another thread and get them back, over every ring, and say what one costs.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Two threads, each pinned to a processor, work on one ring after the other in",
            "slices, in turn in one JVM; each ring has its own copy of its classes, so that it",
            "is compiled as if it were alone. Before and behind each slice a cache line is thrown",
            "to the other thread and back. A slice counts if both readings are alike within",
            "15 %%, and a ratio if those of both its slices are. A bound is reached when the",
            "95 %% interval of the median ratio reaches it.",
            "",
            "Exit status: 0 done, 1 the work failed or, with --gate, a bound; 2 bad usage."
        })
public final class RingTest implements Callable<Integer> {
    private static final long MAX_SLICE_MILLIS = 200;
    private static final int MAX_REPETITIONS = 10_000;
    private static final int MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,256",
            description = "how many buffers are under way at most; several are measured one after the other"
                    + " (${DEFAULT-VALUE})")
    private List<Integer> outstanding;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            description = "how many buffers are published together (${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--ring-size",
            paramLabel = "N",
            defaultValue = "256",
            description = "descriptors of a queue, a power of two (${DEFAULT-VALUE})")
    private int ringSize;

    @Option(
            names = "--rings",
            paramLabel = "LIST",
            split = ",",
            description = "which rings, of: split, split-each (published one by one), packed, split-inorder,"
                    + " packed-inorder, split-indirect, packed-indirect, disruptor, jctools, agrona, pingpong1,"
                    + " pingpong2 (all)")
    private List<String> rings =
            Arrays.stream(RingKind.values()).map(RingKind::toString).toList();

    @Option(
            names = "--sleep",
            description = "also let both ends sleep when they find nothing, and count kicks and calls with the event"
                    + " index and without")
    private boolean sleep;

    @Option(
            names = "--exit-nanos",
            paramLabel = "NS",
            defaultValue = "500",
            description = "with --sleep: what a notification costs the driver, as leaving a virtual machine does"
                    + " (${DEFAULT-VALUE})")
    private long exitNanos;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "60",
            description = "how many slices each ring gets (${DEFAULT-VALUE})")
    private int repetitions;

    @Option(
            names = "--time",
            paramLabel = "MS",
            defaultValue = "40",
            description = "milliseconds of a slice, 200 at most (${DEFAULT-VALUE})")
    private long sliceMillis;

    @Option(
            names = "--warm-up",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "milliseconds that each ring works before anything counts (${DEFAULT-VALUE})")
    private long warmUpMillis;

    @Option(
            names = "--peer",
            paramLabel = "CMD",
            description =
                    "a program to measure beside: it is called with --outstanding, --batch, --ring-size, --cpus A,B and"
                            + " --millis for each slice, and the last number that it prints is nanoseconds a buffer")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--no-c", description = "leave out the same loop in C, which is built where there is a gcc")
    private boolean noC;

    @Option(
            names = "--cpus",
            paramLabel = "A,B",
            split = ",",
            description = "the driver's and the device's processor (the first two of different cores)")
    private List<Integer> cpus = List.of();

    @Option(names = "--gate", description = "fail when a bound is not reached")
    private boolean gate;

    @Option(names = "--json", paramLabel = "F", description = "write all figures to this file, too")
    private Path json;

    /**
     * Runs the ring test and exits with its status.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** {@return the command line, ready to execute} */
    static CommandLine commandLine() {
        return Failures.oneSentenceEach(new CommandLine(new RingTest()));
    }

    @Override
    public Integer call() {
        List<RingKind> kinds =
                usable(() -> rings.stream().map(RingKind::of).distinct().toList());
        List<Settings> settings = usable(() -> outstanding.stream()
                .distinct()
                .map(count -> new Settings(count, batch, ringSize))
                .toList());
        Timing timing = timing();
        List<Integer> pair = pair();
        Optional<Path> target = Optional.ofNullable(json).map(OutputFile::of);
        Report report = measured(kinds, settings, timing, pair);
        PrintWriter out = spec.commandLine().getOut();
        Tables.lines(report).forEach(out::println);
        out.flush();
        target.ifPresent(path -> write(path, report));
        if (gate && report.bounds().stream().anyMatch(bound -> bound.verdict() != Bound.Verdict.PASS)) {
            throw new WorkFailedException("a bound is not reached, or was not measured: the table says which");
        }
        return 0;
    }

    private Report measured(List<RingKind> kinds, List<Settings> settings, Timing timing, List<Integer> pair) {
        List<Row> rows = new ArrayList<>();
        List<Notifications> notifications = new ArrayList<>();
        String pinning;
        try (Scratch scratch = new Scratch();
                Ends ends = new Ends(pair);
                Progress progress = Progress.ofMillis("ringtest", totalMillis(kinds.size(), settings.size()))) {
            Optional<Path> cProgram = noC ? Optional.empty() : CProgram.build(scratch.folder());
            pinning = ends.unpinned().isEmpty() ? "pinned to processors " + pair : "not pinned: " + ends.unpinned();
            Measurement measurement = new Measurement(ends, timing, progress);
            for (Settings each : settings) {
                rows.addAll(measurement.rows(each, kinds, cProgram, peers, pair));
                if (sleep) {
                    notifications.addAll(measurement.notifications(each, exitNanos));
                }
            }
        }
        return new Report(
                Machine.here().toString(),
                pinning,
                ringSize,
                batch,
                repetitions,
                sliceMillis,
                rows,
                Bound.judge(rows),
                notifications);
    }

    private long totalMillis(int ringCount, int settingsCount) {
        int contenders = ringCount + peers.size() + (noC || !CProgram.canBeBuilt() ? 0 : 1) + (sleep ? 4 : 0);
        return sliceMillis * repetitions * contenders * settingsCount;
    }

    // --- options -----------------------------------------------------------------------------------------------

    private Timing timing() {
        if (sliceMillis < 1 || sliceMillis > MAX_SLICE_MILLIS) {
            throw usage("--time is 1 to " + MAX_SLICE_MILLIS + " ms, not " + sliceMillis);
        }
        if (repetitions < 1 || repetitions > MAX_REPETITIONS) {
            throw usage("--repetitions is 1 to " + MAX_REPETITIONS + ", not " + repetitions);
        }
        if (warmUpMillis < 0 || warmUpMillis > TimeUnit.SECONDS.toMillis(MAX_SECONDS)) {
            throw usage("--warm-up is 0 ms to an hour, not " + warmUpMillis);
        }
        if (exitNanos < 0 || exitNanos > TimeUnit.MILLISECONDS.toNanos(1)) {
            throw usage("--exit-nanos is 0 to a million, not " + exitNanos);
        }
        return new Timing(
                repetitions, TimeUnit.MILLISECONDS.toNanos(sliceMillis), TimeUnit.MILLISECONDS.toNanos(warmUpMillis));
    }

    private List<Integer> pair() {
        if (cpus.isEmpty()) {
            return Cpus.two(Cpus.allowed());
        }
        if (cpus.size() != 2 || new HashSet<>(cpus).size() != 2) {
            throw usage("--cpus takes two different processors, as 0,1, not " + cpus);
        }
        return cpus;
    }

    private <T> T usable(Supplier<T> parsed) {
        try {
            return parsed.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void write(Path path, Report report) {
        try {
            JsonFile.write(path, report);
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + path + " (" + e + ")", e);
        }
    }

    /** A folder for the C program, gone at the end. */
    private static final class Scratch implements AutoCloseable {
        private final Path folder;

        Scratch() {
            try {
                folder = Files.createTempDirectory("ringtest");
            } catch (IOException e) {
                throw new WorkFailedException("cannot make a folder for the C program (" + e + ")", e);
            }
        }

        Path folder() {
            return folder;
        }

        @Override
        public void close() {
            CProgram.clean(folder);
        }
    }
}
