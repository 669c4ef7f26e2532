// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.measure.Median;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

/** Lets the contenders work in turn, a slice each, with a reading of the ping-pong between any two. Who begins changes each time. */
final class Turns {
    private static final int READING_BATCHES = 5;
    private static final long READING_ROUNDS = 400;

    private final Ends ends;
    private final Ring pingPong;

    /** The first reading warms the ping-pong up. */
    Turns(Ends ends) {
        this.ends = ends;
        this.pingPong = RingKind.PINGPONG1.make(new Settings(1, 1, 2));
        new RingContender("ping-pong", pingPong, ends).warmUp(TimeUnit.MILLISECONDS.toNanos(100));
    }

    /** {@return nanoseconds of one cache line there and back, now: the median of a few short batches} */
    double readNanos() {
        return Median.of(DoubleStream.generate(() ->
                                (double) ends.run(pingPong, READING_ROUNDS).nanos() / READING_ROUNDS)
                        .limit(READING_BATCHES))
                .median();
    }

    /**
     * Measures.
     *
     * @param contenders each is warm
     * @param repetitions how many slices each gets
     * @param sliceNanos how long one is, about
     * @return the samples of each, by its name
     */
    Map<String, List<Sample>> take(
            List<? extends Contender> contenders, int repetitions, long sliceNanos, Progress progress) {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        contenders.forEach(contender -> samples.put(contender.name(), new ArrayList<>()));
        double before = readNanos();
        for (int turn = 0; turn < repetitions; turn++) {
            for (int i = 0; i < contenders.size(); i++) {
                Contender contender = contenders.get((turn + i) % contenders.size());
                Contender.Work work = contender.measure(sliceNanos);
                double behind = readNanos();
                samples.get(contender.name()).add(new Sample(turn, work, before, behind));
                before = behind;
                progress.advance(TimeUnit.NANOSECONDS.toMillis(sliceNanos));
            }
        }
        return samples;
    }
}
