// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The median and the interval that it lies in. */
final class MedianTest {
    /** As in any table of the sign test: ranks of the two-sided interval of at least 95 %. */
    @ParameterizedTest
    @CsvSource({"1, 0", "5, 0", "6, 1", "8, 1", "9, 2", "10, 2", "20, 6", "25, 8", "50, 18", "100, 40", "10000, 4902"})
    void theIntervalLiesBetweenTheRanksOfTheSignTest(int count, int rank) {
        assertThat(Median.ranksOutside(count)).isEqualTo(rank);
    }

    @Test
    void ofAnOddNumberItIsTheMiddleOne() {
        Median median = Median.of(DoubleStream.of(9, 1, 5));
        assertThat(median).isEqualTo(new Median(5, null, null, 1, 9, 3));
    }

    @Test
    void ofAnEvenNumberItLiesBetweenTheTwoInTheMiddle() {
        assertThat(Median.of(DoubleStream.of(4, 1, 2, 100)).median()).isEqualTo(3);
    }

    @Test
    void ofTenTheIntervalIsTheSecondToTheNinth() {
        Median median = Median.of(IntStream.rangeClosed(1, 10).mapToDouble(i -> i));
        assertThat(median).isEqualTo(new Median(5.5, 2.0, 9.0, 1, 10, 10));
    }

    /** What is promised of it, with numbers whose median is known: 0.5. */
    @Test
    void theIntervalHoldsTheTrueMedianAsOftenAsItSays() {
        Random random = new Random(11);
        int tries = 2_000;
        int held = 0;
        for (int i = 0; i < tries; i++) {
            Median median = Median.of(random.doubles(30));
            held += median.low95() <= 0.5 && 0.5 <= median.high95() ? 1 : 0;
        }
        assertThat(held).isGreaterThan(tries * 94 / 100).isLessThan(tries);
    }
}
