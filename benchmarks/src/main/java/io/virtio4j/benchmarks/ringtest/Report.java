// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * All that one run found: what {@code --json} writes.
 *
 * @param machine where, and by which JVM
 * @param pinning the two processors, or why the threads were not pinned
 * @param ringSize descriptors of a queue
 * @param batch how many buffers are published together, where the ring can do that
 * @param repetitions slices of each ring
 * @param sliceMillis how long one is
 * @param rows a row for each ring and number of outstanding buffers
 * @param bounds what the rings have to reach
 * @param notifications with {@code --sleep}; else empty
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Report(
        String machine,
        String pinning,
        int ringSize,
        int batch,
        int repetitions,
        long sliceMillis,
        List<Row> rows,
        List<Bound> bounds,
        List<Notifications> notifications) {}
