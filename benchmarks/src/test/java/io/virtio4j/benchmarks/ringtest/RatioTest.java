// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.measure.Median;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which slices a ratio is made of, and what a bound makes of it. */
final class RatioTest {
    private static Sample sample(int turn, double nanosEach, double before, double behind) {
        return new Sample(turn, new Contender.Work(nanosEach, 1_000, 0), before, behind);
    }

    private static Sample sample(int turn, double nanosEach) {
        return sample(turn, nanosEach, 100, 100);
    }

    @Test
    void aRatioIsOfTheSlicesOfTheSameTurn() {
        Ratio ratio =
                Ratio.of(List.of(sample(0, 10), sample(1, 40), sample(2, 7)), List.of(sample(1, 20), sample(0, 10)));
        assertThat(ratio.steady()).isEqualTo(new Median(1.5, null, null, 1, 2, 2));
        assertThat(ratio.dropped()).isZero();
    }

    @Test
    void aPairIsDroppedWhenAnyTwoReadingsDifferByMoreThanFifteenPercent() {
        List<Sample> under =
                List.of(sample(0, 10), sample(1, 10), sample(2, 10), sample(3, 10, 100, 120), sample(4, 10));
        List<Sample> over = List.of(
                sample(0, 20),
                sample(1, 30, 100, 115),
                sample(2, 900, 100, 116),
                sample(3, 900),
                sample(4, 900, 120, 121));
        Ratio ratio = Ratio.of(over, under);
        assertThat(ratio.dropped()).isEqualTo(3);
        assertThat(ratio.steady()).isEqualTo(new Median(2.5, null, null, 2, 3, 2));
    }

    @Test
    void noPairIsNoRatio() {
        Ratio ratio = Ratio.of(List.of(sample(0, 1, 1, Double.NaN)), List.of(sample(0, 1)));
        assertThat(ratio.steady()).isNull();
        assertThat(ratio.dropped()).isEqualTo(1);
    }

    @Test
    void pairsAreGroupedByWhatThePingPongSaid() {
        List<Sample> over = List.of(sample(0, 30, 50, 50), sample(1, 20, 200, 200), sample(2, 24, 52, 52));
        List<Sample> under = List.of(sample(0, 10, 50, 50), sample(1, 10, 200, 200), sample(2, 6, 52, 52));
        assertThat(Ratio.of(over, under).groups())
                .containsExactly(
                        new Ratio.Group(51, new Median(3.5, null, null, 3, 4, 2)),
                        new Ratio.Group(200, new Median(2, null, null, 2, 2, 1)));
    }

    @Test
    void aRowIsOfItsSteadySlices() {
        Row row = Row.of("split", 1, List.of(sample(0, 10), sample(1, 12), sample(2, 900, 100, 200)), Map.of());
        assertThat(row.nsPerBuffer()).isEqualTo(11);
        assertThat(row.slices()).isEqualTo(3);
        assertThat(row.dropped()).isEqualTo(1);
        assertThat(row.bytesPerBuffer()).isZero();
    }

    /** Ten slices in which split takes from so much to so much of the time of the Agrona pair. */
    private static Bound.Verdict verdict(double least, double greatest, int slices) {
        List<Sample> agrona =
                IntStream.range(0, slices).mapToObj(i -> sample(i, 100)).toList();
        List<Sample> split = IntStream.range(0, slices)
                .mapToObj(i -> sample(i, 100 * (least + (greatest - least) * i / (slices - 1))))
                .toList();
        Row row = Row.of("split", 256, split, Map.of("agrona", Ratio.of(split, agrona)));
        return Bound.judge(List.of(row)).stream()
                .filter(bound -> bound.ring().equals("split") && bound.over().equals("agrona"))
                .findFirst()
                .orElseThrow()
                .verdict();
    }

    @Test
    void aBoundIsReachedWhenTheIntervalReachesIt() {
        assertThat(verdict(0.30, 0.40, 10)).isEqualTo(Bound.Verdict.PASS);
        // The median is above, the interval begins below.
        assertThat(verdict(0.40, 0.60, 10)).isEqualTo(Bound.Verdict.PASS);
        assertThat(verdict(0.451, 0.60, 10)).isEqualTo(Bound.Verdict.FAIL);
    }

    @Test
    void aBoundWithTooFewSlicesForAnIntervalIsNotReached() {
        assertThat(verdict(0.30, 0.40, 5)).isEqualTo(Bound.Verdict.NOT_MEASURED);
    }

    @Test
    void aBoundOfARingThatWasLeftOutIsNotReached() {
        assertThat(Bound.judge(List.of())).allMatch(bound -> bound.verdict() == Bound.Verdict.NOT_MEASURED);
    }

    @Test
    void bytesThatAreAllocatedBreakTheirBound() {
        Contender.Work work = new Contender.Work(10, 1_000, 24_000);
        Row row = Row.of("packed", 256, List.of(new Sample(0, work, 1, 1)), Map.of());
        assertThat(row.bytesPerBuffer()).isEqualTo(24);
        assertThat(Bound.judge(List.of(row)))
                .filteredOn(bound -> bound.over().isEmpty() && bound.ring().equals("packed"))
                .singleElement()
                .matches(bound -> bound.verdict() == Bound.Verdict.FAIL);
    }
}
