// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.examples.measure.Machine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --json} says of a whole run.
 *
 * @param machine where and when
 * @param device none, sim, sim:memory or sim:file
 * @param store the URI of what the disk keeps its data in
 * @param rw which requests, by fio's name
 * @param rwmixread how many of a hundred are reads; null where all are one or the other
 * @param blockBytes of a request
 * @param jobs how many threads, each on a queue of its own
 * @param deviceThreads how many threads serve the queues on the device's side; null without a device
 * @param areaBytes which part of the disk, from its start
 * @param timeNanos how long each setting was measured, the plain copy included
 * @param runs one for each setting
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BenchReport(
        Machine machine,
        String device,
        String store,
        String rw,
        @Nullable Integer rwmixread,
        int blockBytes,
        int jobs,
        @Nullable Integer deviceThreads,
        long areaBytes,
        long timeNanos,
        List<RunReport> runs) {}
