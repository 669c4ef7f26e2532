// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.examples.cli.ByteCount;
import io.virtio4j.examples.cli.DeviceOption;
import io.virtio4j.examples.cli.DeviceOption.SimFile;
import io.virtio4j.examples.cli.JsonFile;
import io.virtio4j.examples.cli.OutputFile;
import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.cli.StoreOption;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.measure.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virtio4j blk-bench}: load on a block device through the driver, beside a plain copy of the same bytes. */
@Command(
        name = "blk-bench",
        description =
                "Load a block device, with fio's names for things, and say what a request costs beside a plain copy.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "The device and the plain copy work in turn, 50 ms at a time: from memory to",
            "memory or, if the disk is on a file, between that file and memory. Latencies",
            "are from submission to completion; nothing is left out or corrected. A ratio",
            "counts only slices before and after which a cache line took equally long to",
            "another thread and back, within 15 %%.",
            "Disks in memory are written once before anything is measured. A pattern that",
            "writes changes the file, and does not flush. A request that fails ends the run.",
            "",
            "Exit status: 0 done, 1 the work or a request failed, 2 bad usage."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class BlkBenchCommand implements Callable<Integer> {
    private static final int SECTOR_BYTES = 512;
    private static final int MAX_BLOCK_BYTES = 16 << 20;
    private static final int MAX_DEPTH = 4096;
    private static final int MAX_JOBS = 64;
    private static final int MAX_PERCENT = 100;
    private static final double MAX_SECONDS = TimeUnit.DAYS.toSeconds(1);
    private static final double NANOS_PER_SECOND = 1e9;

    /** Of the buffers of all jobs, and of the part of a disk that is used unless --size says more. */
    private static final long MAX_BYTES = 1L << 30;

    private static final long DEFAULT_MEMORY_BYTES = 64L << 20;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "D",
            required = true,
            converter = DeviceConverter.class,
            description = "sim:memory; sim:file=PATH, an image that is there; sim with --store or --file;"
                    + " or none, for the plain copy alone")
    private DeviceOption device;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private @Nullable StoreOption storeOption;

    @Option(
            names = "--rw",
            paramLabel = "PATTERN",
            defaultValue = "randread",
            description = "randread, randwrite, randrw, read, write or rw (${DEFAULT-VALUE})")
    private Pattern pattern;

    @Option(
            names = "--rwmixread",
            paramLabel = "PERCENT",
            description = "with randrw and rw: how many of a hundred are reads (50)")
    private @Nullable Integer readPercent;

    @Option(
            names = "--bs",
            paramLabel = "BYTES",
            defaultValue = "4k",
            converter = ByteCount.Converter.class,
            description = "bytes of a request, whole sectors of 512 (${DEFAULT-VALUE})")
    private ByteCount blockSize;

    @Option(
            names = "--iodepth",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "how many requests each job has in flight; several, as 1,32, are measured one after the other"
                    + " (${DEFAULT-VALUE})")
    private List<Integer> depths;

    @Option(
            names = {"--jobs", "--numjobs"},
            paramLabel = "N",
            defaultValue = "1",
            description = "how many threads, each on a queue of its own (${DEFAULT-VALUE})")
    private int jobs;

    @Option(
            names = "--device-threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "how many threads serve the queues on the device's side, at most one a queue (${DEFAULT-VALUE})")
    private int deviceThreads;

    @Option(
            names = "--ring",
            paramLabel = "FORMAT",
            split = ",",
            defaultValue = "packed",
            description = "packed, split, or both, as split,packed (${DEFAULT-VALUE})")
    private List<Ring> rings;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            converter = ByteCount.Converter.class,
            description = "how much of the disk to use, from its start (all, at most 1g; in memory 64m)")
    private @Nullable ByteCount size;

    @Option(
            names = {"--time", "--runtime"},
            paramLabel = "S",
            defaultValue = "5",
            description = "seconds for each setting, half of them the plain copy's (${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--ramp-time",
            paramLabel = "S",
            defaultValue = "1",
            description = "seconds of the same before anything counts (${DEFAULT-VALUE})")
    private double rampSeconds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "decides what is random (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--json", paramLabel = "F", description = "write all figures to this file, too")
    private @Nullable Path json;

    /** What {@code --device} takes here. */
    static final class DeviceConverter extends DeviceOption.Converter {
        DeviceConverter() {
            super(SIM_MEMORY, SIM_FILE, SIM, NONE);
        }
    }

    @Override
    public Integer call() {
        checkOptions();
        URI uri = storeUri();
        Optional<Path> target = Optional.ofNullable(json).map(OutputFile::of);
        try {
            report(uri, target);
        } catch (OutOfMemoryError e) {
            throw new WorkFailedException(
                    "there is not enough memory (" + e.getMessage() + "); lower --size, --bs, --iodepth or --jobs", e);
        }
        return 0;
    }

    private void report(URI uri, Optional<Path> target) {
        Workload workload = workload(uri);
        long timeNanos = nanos(seconds);
        long runs = (long) depths.size() * (device instanceof DeviceOption.None ? 1 : rings.size());
        List<RunReport> reports = new ArrayList<>();
        Bench bench;
        try (Progress progress = Progress.ofMillis(
                "blk-bench", (long) (runs * (seconds + rampSeconds) * TimeUnit.SECONDS.toMillis(1)))) {
            bench = new Bench(workload, uri, deviceThreads, nanos(rampSeconds), timeNanos, progress);
            measure(bench, uri, reports);
        }
        BenchReport report = new BenchReport(
                Machine.here(),
                device.written(),
                uri.toString(),
                pattern.toString(),
                pattern.reads() && pattern.writes() ? workload.readPercent() : null,
                workload.blockBytes(),
                jobs,
                device instanceof DeviceOption.None ? null : deviceThreads,
                workload.areaBytes(),
                timeNanos,
                reports);
        print(report);
        target.ifPresent(path -> write(path, report));
        failIfARequestDid(bench, reports);
    }

    private void measure(Bench bench, URI uri, List<RunReport> reports) {
        if (device instanceof DeviceOption.None) {
            depths.forEach(depth -> reports.add(bench.plainOnly(depth)));
            return;
        }
        for (Ring ring : rings) {
            for (int depth : depths) {
                try (BlockStore store = StoreOption.open(uri, spec.commandLine())) {
                    reports.add(bench.withDevice(store, ring, depth));
                } catch (IOException e) {
                    throw new WorkFailedException("cannot close the store " + uri + " (" + e + ")", e);
                }
                if (bench.failedStatus() != 0) {
                    return;
                }
            }
        }
    }

    // --- options -----------------------------------------------------------------------------------------------

    private void checkOptions() {
        long blockBytes = blockSize.bytes();
        if (blockBytes < SECTOR_BYTES || blockBytes > MAX_BLOCK_BYTES || blockBytes % SECTOR_BYTES != 0) {
            throw usage("--bs is a multiple of 512 up to 16m, not " + blockSize);
        }
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw usage("--jobs is 1 to " + MAX_JOBS + ", not " + jobs);
        }
        if (deviceThreads < 1 || deviceThreads > jobs) {
            throw usage("--device-threads is 1 to " + jobs + ", one for each job's queue, not " + deviceThreads);
        }
        for (int depth : depths) {
            if (depth < 1 || depth > MAX_DEPTH) {
                throw usage("--iodepth is 1 to " + MAX_DEPTH + ", not " + depth);
            }
            if (Layout.bufferBytes((int) blockBytes, depth) > MAX_BYTES / jobs) {
                throw usage("the buffers of " + jobs + " jobs with " + depth + " requests of " + blockSize
                        + " have more than 1g; lower --bs, --iodepth or --jobs");
            }
        }
        if (!(seconds > 0 && seconds <= MAX_SECONDS && rampSeconds >= 0 && rampSeconds <= MAX_SECONDS)) {
            throw usage("--time is more than 0 seconds and --ramp-time 0 or more, both at most a day, not " + seconds
                    + " and " + rampSeconds);
        }
        boolean mixed = pattern.reads() && pattern.writes();
        if (readPercent != null && (!mixed || readPercent < 0 || readPercent > MAX_PERCENT)) {
            throw usage("--rwmixread is 0 to 100 and goes with randrw and rw, not " + readPercent + " with " + pattern);
        }
    }

    private URI storeUri() {
        Optional<URI> named = StoreOption.named(storeOption, device, spec.commandLine());
        if (named.isPresent()) {
            return named.get();
        }
        if (device instanceof SimFile file) {
            String image = file.path().toAbsolutePath().toUri().toString();
            return URI.create(pattern.writes() ? image : image + "?read-only");
        }
        return URI.create("memory:" + wholeBlocks(size == null ? DEFAULT_MEMORY_BYTES : size.bytes()));
    }

    private long wholeBlocks(long bytes) {
        long whole = bytes / blockSize.bytes() * blockSize.bytes();
        if (whole == 0) {
            throw usage("there is no whole block of " + blockSize + " in " + new ByteCount(bytes));
        }
        return whole;
    }

    private Workload workload(URI uri) {
        long capacityBytes;
        try (BlockStore store = StoreOption.open(uri, spec.commandLine())) {
            capacityBytes = store.lengthBytes();
            if (pattern.writes() && store.isReadOnly()) {
                throw usage(uri + " can only be read; use --rw read or randread");
            }
        } catch (IOException e) {
            throw new WorkFailedException("cannot close the store " + uri + " (" + e + ")", e);
        }
        long areaBytes = size == null ? Math.min(capacityBytes, MAX_BYTES) : size.bytes();
        if (areaBytes > capacityBytes) {
            throw usage("--size is " + size + ", and " + uri + " has " + capacityBytes + " bytes");
        }
        int percent = readPercent == null ? MAX_PERCENT / 2 : readPercent;
        return new Workload(pattern, percent, (int) blockSize.bytes(), jobs, wholeBlocks(areaBytes), seed);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static long nanos(double time) {
        return (long) (time * NANOS_PER_SECOND);
    }

    // --- results -----------------------------------------------------------------------------------------------

    private void print(BenchReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(report.rw() + " of " + blockSize + " blocks over " + new ByteCount(report.areaBytes()) + " of "
                + report.store() + ", device " + report.device() + ", " + counted(jobs, "job")
                + (report.deviceThreads() == null ? "" : ", " + counted(report.deviceThreads(), "device thread")) + ", "
                + seconds + " s for each column");
        out.println(report.machine());
        out.println();
        BenchTable.lines(report).forEach(out::println);
        out.flush();
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static void write(Path path, BenchReport report) {
        try {
            JsonFile.write(path, report);
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + path + " (" + e + ")", e);
        }
    }

    private static void failIfARequestDid(Bench bench, List<RunReport> reports) {
        if (bench.failedStatus() == 0) {
            return;
        }
        String status =
                bench.failedStatus() == BlkDevice.TIMED_OUT ? "no answer in time" : "status " + bench.failedStatus();
        String cause = bench.errors().text().map(text -> " (" + text + ")").orElse("");
        RunReport last = reports.get(reports.size() - 1);
        throw new WorkFailedException(last.failedOfAll() + " requests failed with " + status + cause);
    }
}
