// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.examples.measure.Median;
import io.virtio4j.examples.measure.PingPongStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The time of one contender over that of another, of slices in the same repetition.
 *
 * @param steady of the pairs whose four readings of the ping-pong say that the machine was in one state; null if there is none
 * @param dropped how many pairs had others
 * @param groups the steady pairs by what the ping-pong said, the quickest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Ratio(@Nullable Median steady, int dropped, List<Group> groups) {
    /**
     * Pairs in one state of the machine.
     *
     * @param pingPongNanos the median of their readings
     * @param ratio of these pairs
     */
    record Group(double pingPongNanos, Median ratio) {}

    /** One pair. */
    private record Pair(double pingPongNanos, double ratio) {}

    /** Of the slices that two contenders had in the same repetitions. */
    static Ratio of(List<Sample> over, List<Sample> under) {
        Map<Integer, Sample> byTurn = under.stream().collect(Collectors.toMap(Sample::turn, Function.identity()));
        List<Pair> pairs = new ArrayList<>();
        int dropped = 0;
        for (Sample one : over) {
            Sample other = byTurn.get(one.turn());
            if (other == null) {
                continue;
            }
            if (one.isSteady()
                    && other.isSteady()
                    && PingPongStates.areAlike(one.pingPongNanos(), other.pingPongNanos())) {
                pairs.add(new Pair(
                        (one.pingPongNanos() + other.pingPongNanos()) / 2, one.nanosEach() / other.nanosEach()));
            } else {
                dropped++;
            }
        }
        List<Group> groups = PingPongStates.group(pairs, Pair::pingPongNanos).stream()
                .map(Ratio::group)
                .toList();
        return new Ratio(pairs.isEmpty() ? null : ratios(pairs), dropped, groups);
    }

    private static Group group(List<Pair> pairs) {
        return new Group(
                Median.of(pairs.stream().mapToDouble(Pair::pingPongNanos)).median(), ratios(pairs));
    }

    private static Median ratios(List<Pair> pairs) {
        return Median.of(pairs.stream().mapToDouble(Pair::ratio));
    }
}
