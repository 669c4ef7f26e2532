// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QueueCountersTest {
    private final QueueCounters counters = new QueueCounters();

    @ParameterizedTest
    @EnumSource(QueueCounter.class)
    void eachCounterStartsAtZeroAndIsNobodyElses(QueueCounter counter) {
        assertThat(counters.get(counter)).isZero();

        add(counter, 3);
        add(counter, 1L << 40);

        for (QueueCounter other : QueueCounter.values()) {
            assertThat(counters.get(other)).isEqualTo(other == counter ? (1L << 40) + 3 : 0);
        }
    }

    @Test
    void aSnapshotStaysAsItWas() {
        counters.addSpins(5);
        QueueStats snapshot = counters.snapshot();

        counters.addSpins(5);

        assertThat(snapshot.get(QueueCounter.SPINS)).isEqualTo(5);
    }

    @Test
    void theDifferenceOfTwoSnapshotsIsWhatWasAddedBetweenThem() {
        counters.addWmb(5);
        counters.addRmb(1);
        QueueStats earlier = counters.snapshot();
        counters.addWmb(2);

        QueueStats difference = counters.snapshot().minus(earlier);

        assertThat(difference.get(QueueCounter.WMB)).isEqualTo(2);
        assertThat(difference.get(QueueCounter.RMB)).isZero();
        assertThat(earlier.get(QueueCounter.WMB)).isEqualTo(5);
    }

    @Test
    void equalValuesAreEqualAndSaidByName() {
        QueueStats none = counters.snapshot();
        counters.addKicksSent(7);
        QueueStats some = counters.snapshot();

        assertThat(some).isEqualTo(counters.snapshot()).isNotEqualTo(none).hasSameHashCodeAs(counters.snapshot());
        assertThat(some.minus(some)).isEqualTo(none);
        assertThat(some)
                .hasToString("POLL_FENCES=0 SPINS=0 COMPLETIONS=0 WMB=0 RMB=0 MB=0 KICKS_SENT=7 "
                        + "KICKS_SUPPRESSED=0 CALLS_SENT=0 CALLS_SUPPRESSED=0 BROKEN=0");
    }

    /** A reader on another thread sees each counter rise and never fall, and in the end all of it. */
    @Test
    void anyThreadMayReadWhileOneAdds() throws InterruptedException, ExecutionException, TimeoutException {
        int additions = 200_000;
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<List<Long>> seen = reader.submit(() -> {
                List<Long> values = new ArrayList<>();
                long last = -1;
                while (last < additions && !Thread.currentThread().isInterrupted()) {
                    long now = counters.get(QueueCounter.SPINS);
                    if (now != last) {
                        values.add(now);
                        last = now;
                    }
                }
                return values;
            });
            for (int i = 0; i < additions; i++) {
                counters.addSpins(1);
            }
            assertThat(seen.get(30, TimeUnit.SECONDS)).isSorted().endsWith((long) additions);
        } finally {
            reader.shutdownNow();
        }
    }

    private void add(QueueCounter counter, long amount) {
        switch (counter) {
            case POLL_FENCES -> counters.addPollFences(amount);
            case SPINS -> counters.addSpins(amount);
            case COMPLETIONS -> counters.addCompletions(amount);
            case WMB -> counters.addWmb(amount);
            case RMB -> counters.addRmb(amount);
            case MB -> counters.addMb(amount);
            case KICKS_SENT -> counters.addKicksSent(amount);
            case KICKS_SUPPRESSED -> counters.addKicksSuppressed(amount);
            case CALLS_SENT -> counters.addCallsSent(amount);
            case CALLS_SUPPRESSED -> counters.addCallsSuppressed(amount);
            case BROKEN -> counters.addBroken(amount);
        }
    }
}
