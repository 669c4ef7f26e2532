// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.blk.BlkException;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.cli.WorkFailedException;
import java.net.URI;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Measures one workload, setting by setting: brings a disk up, warms both sides up, and lets them work in turn. */
final class Bench {
    private static final String MEMORY = "memory";

    private final Workload workload;
    private final URI store;
    private final int deviceThreads;
    private final long rampNanos;
    private final long timeNanos;
    private final Progress progress;
    private final FirstError errors = new FirstError();
    private int failedStatus;

    /**
     * For a workload.
     *
     * @param store what the disk keeps its data in
     * @param deviceThreads how many serve its queues
     * @param rampNanos how long both sides work before anything counts; 0 for not at all
     * @param timeNanos how long they work then
     */
    Bench(Workload workload, URI store, int deviceThreads, long rampNanos, long timeNanos, Progress progress) {
        this.workload = workload;
        this.store = store;
        this.deviceThreads = deviceThreads;
        this.rampNanos = rampNanos;
        this.timeNanos = timeNanos;
        this.progress = progress;
    }

    /** What the device and the driver had to tell, the first of it. */
    FirstError errors() {
        return errors;
    }

    /** The status of a request that failed, or 0. */
    int failedStatus() {
        return failedStatus;
    }

    /** Measures the plain copy alone. */
    RunReport plainOnly(int depth) {
        try (PlainSide plain = PlainSide.open(workload, store, depth);
                Crew crew = new Crew(workload.jobs());
                PingPong pingPong = new PingPong()) {
            Slices slices = new Slices(crew, pingPong, List.of(), plain.loads());
            Totals totals = warmThenMeasured(slices, List.of(), () -> {});
            return new RunReport(depth, null, null, plainReport(plain, totals), null);
        }
    }

    /** Measures the device on a store, and the plain copy beside it. */
    RunReport withDevice(BlockStore opened, Ring ring, int depth) {
        try (BenchDisk disk = BenchDisk.open(opened, workload, depth, ring, deviceThreads, errors);
                PlainSide plain = PlainSide.open(workload, store, depth);
                Crew crew = new Crew(workload.jobs());
                PingPong pingPong = new PingPong()) {
            if (MEMORY.equalsIgnoreCase(store.getScheme())) {
                disk.layOut(workload.areaBytes());
            }
            List<Latencies> latencies = perJob(job -> new Latencies());
            List<DeviceLoad> loads = perJob(job ->
                    new DeviceLoad(disk.queue(job), new Places(workload, job), latencies.get(job), disk.buffers(job)));
            Counts counts = new Counts(disk, workload.jobs());
            Totals totals = warmThenMeasured(new Slices(crew, pingPong, loads, plain.loads()), loads, () -> {
                latencies.forEach(Latencies::reset);
                counts.begin();
            });
            loads.stream()
                    .filter(load -> load.failed() > 0)
                    .findFirst()
                    .ifPresent(load -> failedStatus = load.failedStatus());
            DeviceReport report = DeviceReport.of(
                    totals.device(),
                    failures(loads),
                    workload.blockBytes(),
                    merged(latencies),
                    counts.driver(),
                    counts.device());
            return new RunReport(
                    depth, ring.toString(), report, plainReport(plain, totals), CopyRatio.of(totals.pairs()));
        } catch (BlkException e) {
            throw new WorkFailedException("the device failed: " + e.getMessage(), e);
        }
    }

    /** What was counted while it warmed up is forgotten, unless a request failed: then there is nothing else. */
    private Totals warmThenMeasured(Slices slices, List<DeviceLoad> loads, Runnable forget) {
        if (rampNanos > 0) {
            Totals warm = slices.run(rampNanos, progress);
            if (failures(loads) > 0) {
                return warm;
            }
            forget.run();
        }
        return slices.run(timeNanos, progress);
    }

    private PlainReport plainReport(PlainSide plain, Totals totals) {
        return PlainReport.of(plain.between(), totals.plain(), workload.blockBytes());
    }

    private <T> List<T> perJob(IntFunction<T> each) {
        return IntStream.range(0, workload.jobs()).mapToObj(each).toList();
    }

    private static long failures(List<DeviceLoad> loads) {
        return loads.stream().mapToLong(DeviceLoad::failed).sum();
    }

    private static Latencies merged(List<Latencies> latencies) {
        Latencies all = new Latencies();
        latencies.forEach(all::add);
        return all;
    }
}
