// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.examples.measure.Median;
import io.virtio4j.examples.measure.PingPongStates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time of a request over that of a plain copy of the same bytes, in slices of each in turn in one run.
 *
 * @param steady of the pairs of slices with like ping-pong readings around each slice; null if there is none
 * @param dropped how many pairs had others
 * @param all of all pairs, those that were dropped too: what there is on a machine that never rests
 * @param groups the steady pairs by what the ping-pong said, the quickest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CopyRatio(@Nullable Median steady, int dropped, Median all, List<Group> groups) {
    /**
     * Pairs in one state of the machine.
     *
     * @param pingPongNanos the median of their readings: nanoseconds there and back
     * @param ratio of these pairs
     */
    record Group(double pingPongNanos, Median ratio) {
        static Group of(List<Pair> pairs) {
            return new Group(
                    Median.of(pairs.stream().mapToDouble(Pair::pingPongNanos)).median(),
                    Median.of(pairs.stream().mapToDouble(Pair::ratio)));
        }
    }

    /** Of at least one pair. */
    static CopyRatio of(List<Pair> pairs) {
        List<Pair> steady = pairs.stream().filter(Pair::isSteady).toList();
        return new CopyRatio(
                steady.isEmpty() ? null : Median.of(steady.stream().mapToDouble(Pair::ratio)),
                pairs.size() - steady.size(),
                Median.of(pairs.stream().mapToDouble(Pair::ratio)),
                PingPongStates.group(steady, Pair::pingPongNanos).stream()
                        .map(Group::of)
                        .toList());
    }
}
