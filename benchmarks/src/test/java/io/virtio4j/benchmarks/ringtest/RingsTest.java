// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every loop of the ring test brings every buffer back, in order: the loops themselves throw where one does not. */
final class RingsTest {
    private static final long BUFFERS = 1_000;

    private static void exchange(Ring ring) {
        try (Ends ends = new Ends(List.of())) {
            // In two runs: the second goes on where the first stopped, in the middle of the ring.
            assertThat(ends.run(ring, BUFFERS - 1).nanos()).isPositive();
            assertThat(ends.run(ring, 1).nanos()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(RingKind.class)
    void oneAfterTheOther(RingKind kind) {
        exchange(kind.make(new Settings(1, 32, 16)));
    }

    @ParameterizedTest
    @EnumSource(RingKind.class)
    void aFullRingInBatchesThatDoNotDivideIt(RingKind kind) {
        exchange(kind.make(new Settings(64, 24, 64)));
    }

    @ParameterizedTest
    @CsvSource({"split:flag", "split:event-index", "packed:flag", "packed:event-index"})
    void endsThatSleepAreTold(String variant) {
        Ring ring = RingLoader.ring("NotifiedRing", variant + ":0", new Settings(16, 4, 16));
        exchange(ring);
        assertThat(ring.kicks()).isBetween(1L, BUFFERS);
        assertThat(ring.calls()).isBetween(1L, BUFFERS);
    }

    @Test
    void eachRingHasClassesOfItsOwn() {
        Settings settings = new Settings(1, 1, 16);
        assertThat(RingKind.SPLIT.make(settings).getClass())
                .isNotSameAs(RingKind.SPLIT_EACH.make(settings).getClass());
    }

    /** A driver that waits for what never comes. */
    private record Planted(boolean deviceFails) implements Ring {
        @Override
        public void drive(long buffers, Run run) {
            for (long looks = 1; ; looks++) {
                run.waited(looks);
            }
        }

        @Override
        public void serve(Run run) {
            if (deviceFails) {
                throw new IllegalStateException("planted");
            }
        }
    }

    @Test
    void aBufferThatNeverComesBackEndsTheRunByAnError() {
        Run run = new Run(TimeUnit.MILLISECONDS.toNanos(1));
        assertThatThrownBy(() -> new Planted(false).drive(1, run))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing came back");
    }

    @Test
    void aDeviceThatFailsEndsTheDriversRunAndIsNamed() {
        try (Ends ends = new Ends(List.of())) {
            assertThatThrownBy(() -> ends.run(new Planted(true), 1)).hasMessageContaining("planted");
            // The threads are still there for the next.
            assertThat(ends.run(RingKind.SPLIT.make(new Settings(1, 1, 16)), 1).nanos())
                    .isPositive();
        }
    }
}
