// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What a histogram of latencies says, in nanoseconds, to three significant digits.
 *
 * @param count how many requests
 * @param meanNanos their mean
 * @param p50Nanos half of them took no longer
 * @param p90Nanos 90 of a hundred took no longer
 * @param p99Nanos 99 of a hundred
 * @param p999Nanos 999 of a thousand
 * @param maxNanos the longest
 */
record LatencyReport(
        long count, double meanNanos, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
    private static final double P50 = 50;
    private static final double P90 = 90;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    static Optional<LatencyReport> of(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return Optional.empty();
        }
        return Optional.of(new LatencyReport(
                nanos.getTotalCount(),
                nanos.getMean(),
                nanos.getValueAtPercentile(P50),
                nanos.getValueAtPercentile(P90),
                nanos.getValueAtPercentile(P99),
                nanos.getValueAtPercentile(P999),
                nanos.getMaxValue()));
    }
}
