// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.queue.QueueStats;
import java.util.List;
import java.util.stream.IntStream;

/** What both halves of all queues count, from a moment on. */
final class Counts {
    private final BenchDisk disk;
    private final int jobs;
    private List<QueueStats> driverBefore = List.of();
    private List<QueueStats> deviceBefore = List.of();

    Counts(BenchDisk disk, int jobs) {
        this.disk = disk;
        this.jobs = jobs;
        begin();
    }

    void begin() {
        driverBefore = driverNow();
        deviceBefore = deviceNow();
    }

    List<QueueStats> driver() {
        return since(driverNow(), driverBefore);
    }

    List<QueueStats> device() {
        return since(deviceNow(), deviceBefore);
    }

    private List<QueueStats> driverNow() {
        return IntStream.range(0, jobs).mapToObj(job -> disk.queue(job).stats()).toList();
    }

    private List<QueueStats> deviceNow() {
        return IntStream.range(0, jobs)
                .mapToObj(job -> disk.deviceCounters(job).snapshot())
                .toList();
    }

    private static List<QueueStats> since(List<QueueStats> now, List<QueueStats> before) {
        return IntStream.range(0, now.size())
                .mapToObj(i -> now.get(i).minus(before.get(i)))
                .toList();
    }
}
