// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.examples.measure.Median;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found of one ring.
 *
 * @param ring its name
 * @param outstanding how many buffers were under way at most
 * @param nsPerBuffer the median, of the steady slices; of all slices if none was steady
 * @param nsSpread the interval of that median, and the least and the greatest
 * @param slices how many there were
 * @param dropped how many of them had readings of the ping-pong before and behind that differ by more than 15 %
 * @param bytesPerBuffer allocated by both threads; null for a program of its own
 * @param ratios its time over that of others, by their names
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Row(
        String ring,
        int outstanding,
        double nsPerBuffer,
        Median nsSpread,
        int slices,
        int dropped,
        @Nullable Double bytesPerBuffer,
        Map<String, Ratio> ratios) {

    /** Of at least one sample. */
    static Row of(String ring, int outstanding, List<Sample> samples, Map<String, Ratio> ratios) {
        List<Sample> steady = samples.stream().filter(Sample::isSteady).toList();
        Median nanos = Median.of((steady.isEmpty() ? samples : steady).stream().mapToDouble(Sample::nanosEach));
        long buffers =
                samples.stream().mapToLong(sample -> sample.work().buffers()).sum();
        long bytes = samples.stream()
                .mapToLong(sample -> sample.work().allocatedBytes())
                .sum();
        return new Row(
                ring,
                outstanding,
                nanos.median(),
                nanos,
                samples.size(),
                samples.size() - steady.size(),
                buffers == 0 ? null : (double) bytes / buffers,
                ratios);
    }
}
