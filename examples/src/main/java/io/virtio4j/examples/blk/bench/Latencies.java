// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long the requests of a job took, from submission to completion; reads and writes apart, as fio has it.
 *
 * <p>One writer, the job's thread; others read while it rests. Nothing is corrected: a load of so many requests in flight
 * submits the next when one ends, so a slow one delays those behind it, and they are recorded from when they were in fact
 * submitted. Three significant digits. Allocates nothing after it was made.
 */
final class Latencies {
    private static final int DIGITS = 3;

    /** The histogram has a place for whatever the driver's own timeout lets through, and more; what is longer counts as this. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Histogram reads = new Histogram(LONGEST_NANOS, DIGITS);
    private final Histogram writes = new Histogram(LONGEST_NANOS, DIGITS);

    void record(boolean read, long nanos) {
        (read ? reads : writes).recordValue(Math.min(nanos, LONGEST_NANOS));
    }

    void reset() {
        reads.reset();
        writes.reset();
    }

    /** Adds what another job has recorded. */
    void add(Latencies other) {
        reads.add(other.reads);
        writes.add(other.writes);
    }

    Optional<LatencyReport> reads() {
        return LatencyReport.of(reads);
    }

    Optional<LatencyReport> writes() {
        return LatencyReport.of(writes);
    }
}
