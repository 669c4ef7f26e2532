// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.measure.Median;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pairs of slices a ratio is made of. */
final class CopyRatioTest {
    private static final double NONE = Double.NaN;

    /** A request took so many times as long as a copy, between readings of the ping-pong. */
    private static Pair pair(double ratio, double before, double between, double behind) {
        long plainNanos = 1_000;
        return new Pair(
                new Slice(10, Math.round(ratio * plainNanos), 0),
                new Slice(10, plainNanos, 0),
                before,
                between,
                behind);
    }

    private static Pair pair(double ratio, double pingPong) {
        return pair(ratio, pingPong, pingPong, pingPong);
    }

    @Test
    void aPairIsTheTimeOfARequestOverTheTimeOfACopy() {
        Slice device = new Slice(50, 1_000, 0);
        Slice plain = new Slice(400, 2_000, 0);
        assertThat(new Pair(device, plain, 1, 1, 1).ratio()).isEqualTo(4);
    }

    @Test
    void readingsThatDifferByMoreThanFifteenPercentDropThePair() {
        List<Pair> pairs = List.of(
                pair(2, 100, 100, 100),
                pair(3, 100, 115, 100),
                pair(50, 100, 116, 116),
                pair(60, 100, 100, 116),
                pair(70, 116, 100, 100),
                pair(80, NONE, 100, 100),
                pair(90, 100, NONE, 100),
                pair(95, 100, 100, NONE));
        CopyRatio ratio = CopyRatio.of(pairs);
        assertThat(ratio.dropped()).isEqualTo(6);
        assertThat(ratio.steady()).isEqualTo(new Median(2.5, null, null, 2, 3, 2));
        assertThat(ratio.all().count()).isEqualTo(8);
        assertThat(ratio.all().median()).isEqualTo(65);
    }

    @Test
    void pairsAreGroupedByWhatThePingPongSaid() {
        CopyRatio ratio =
                CopyRatio.of(List.of(pair(5, 240), pair(2, 30), pair(6, 250), pair(3, 31), pair(4, 33), pair(7, 236)));
        assertThat(ratio.dropped()).isZero();
        assertThat(ratio.groups())
                .containsExactly(
                        new CopyRatio.Group(31, new Median(3, null, null, 2, 4, 3)),
                        new CopyRatio.Group(240, new Median(6, null, null, 5, 7, 3)));
    }

    @Test
    void whereNothingWasSteadyThereIsNoRatioButThatOfAll() {
        CopyRatio ratio = CopyRatio.of(List.of(pair(2, 1, 2, 3), pair(4, 1, 2, 3)));
        assertThat(ratio.steady()).isNull();
        assertThat(ratio.groups()).isEmpty();
        assertThat(ratio.dropped()).isEqualTo(2);
        assertThat(ratio.all().median()).isEqualTo(3);
    }
}
