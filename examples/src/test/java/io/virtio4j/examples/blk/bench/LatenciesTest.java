// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Percentiles of what was recorded, and of nothing else. */
final class LatenciesTest {
    /** Three significant digits. */
    private static Offset<Long> digits(long value) {
        return within(value / 1_000 + 1);
    }

    @Test
    void percentilesOfAKnownHistogram() {
        Histogram histogram = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
        for (long nanos = 1; nanos <= 100_000; nanos++) {
            histogram.recordValue(nanos);
        }
        LatencyReport report = LatencyReport.of(histogram).orElseThrow();
        assertThat(report.count()).isEqualTo(100_000);
        assertThat(report.meanNanos()).isCloseTo(50_000.5, within(50.0));
        assertThat(report.p50Nanos()).isCloseTo(50_000, digits(50_000));
        assertThat(report.p90Nanos()).isCloseTo(90_000, digits(90_000));
        assertThat(report.p99Nanos()).isCloseTo(99_000, digits(99_000));
        assertThat(report.p999Nanos()).isCloseTo(99_900, digits(99_900));
        assertThat(report.maxNanos()).isCloseTo(100_000, digits(100_000));
    }

    @Test
    void readsAndWritesAreKeptApart() {
        Latencies latencies = new Latencies();
        latencies.record(true, 1_000);
        latencies.record(false, 3_000);
        latencies.record(false, 5_000);
        assertThat(latencies.reads().orElseThrow().count()).isEqualTo(1);
        assertThat(latencies.reads().orElseThrow().maxNanos()).isCloseTo(1_000, digits(1_000));
        assertThat(latencies.writes().orElseThrow().count()).isEqualTo(2);
        assertThat(latencies.writes().orElseThrow().maxNanos()).isCloseTo(5_000, digits(5_000));
    }

    /** One that took a second is one of a thousand, not a thousand that would have been late. */
    @Test
    void nothingIsCorrected() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 999; i++) {
            latencies.record(true, 1_000);
        }
        latencies.record(true, TimeUnit.SECONDS.toNanos(1));
        LatencyReport reads = latencies.reads().orElseThrow();
        assertThat(reads.count()).isEqualTo(1_000);
        assertThat(reads.p999Nanos()).isCloseTo(1_000, digits(1_000));
        assertThat(reads.maxNanos()).isCloseTo(1_000_000_000, digits(1_000_000_000));
    }

    @Test
    void thoseOfSeveralJobsAreAddedUp() {
        Latencies first = new Latencies();
        Latencies second = new Latencies();
        first.record(true, 10);
        second.record(true, 20);
        second.record(false, 30);
        first.add(second);
        assertThat(first.reads().orElseThrow().count()).isEqualTo(2);
        assertThat(first.reads().orElseThrow().maxNanos()).isEqualTo(20);
        assertThat(first.writes().orElseThrow().maxNanos()).isEqualTo(30);
    }

    @Test
    void whatIsLongerThanAnHourCountsAsAnHour() {
        Latencies latencies = new Latencies();
        latencies.record(true, Long.MAX_VALUE);
        long hourNanos = TimeUnit.HOURS.toNanos(1);
        assertThat(latencies.reads().orElseThrow().maxNanos()).isCloseTo(hourNanos, digits(hourNanos));
    }

    @Test
    void whereNothingWasRecordedThereIsNothingToSay() {
        Latencies latencies = new Latencies();
        latencies.record(true, 10);
        latencies.reset();
        assertThat(latencies.reads()).isEmpty();
        assertThat(latencies.writes()).isEmpty();
    }
}
