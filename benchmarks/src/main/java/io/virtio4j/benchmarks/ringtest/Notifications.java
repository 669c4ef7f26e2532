// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.measure.Median;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How often the ends of a ring tell each other, when each sleeps as soon as it finds nothing.
 *
 * @param ring {@code split} or {@code packed}
 * @param suppression {@code event-index} or {@code flag}
 * @param outstanding how many buffers were under way at most
 * @param exitNanos what a notification costs the driver beyond the notification
 * @param kicksPerThousand how often the driver told the device, for 1,000 buffers
 * @param callsPerThousand how often the device told the driver
 * @param nsPerBuffer the median of all slices, and its spread
 */
record Notifications(
        String ring,
        String suppression,
        int outstanding,
        long exitNanos,
        double kicksPerThousand,
        double callsPerThousand,
        Median nsPerBuffer) {
    private static final double THOUSAND = 1e3;

    /** One ring with one way of suppression. */
    private record Variant(String ring, String suppression) {
        static Stream<Variant> all() {
            return Stream.of("split", "packed")
                    .flatMap(ring -> Stream.of("flag", "event-index").map(how -> new Variant(ring, how)));
        }
    }

    /** Measures split and packed rings, each with event index and without. */
    static List<Notifications> measure(
            Ends ends, Turns turns, Settings settings, long exitNanos, Timing timing, Progress progress) {
        List<Variant> variants = Variant.all().toList();
        List<RingContender> contenders = variants.stream()
                .map(variant -> new RingContender(
                        variant.toString(),
                        RingLoader.ring(
                                "NotifiedRing",
                                variant.ring() + ":" + variant.suppression() + ":" + exitNanos,
                                settings),
                        ends))
                .toList();
        contenders.forEach(contender -> contender.warmUp(timing.warmUpNanos()));
        long[] kicksBefore =
                contenders.stream().mapToLong(c -> c.ring().kicks()).toArray();
        long[] callsBefore =
                contenders.stream().mapToLong(c -> c.ring().calls()).toArray();
        Map<String, List<Sample>> samples = turns.take(contenders, timing.repetitions(), timing.sliceNanos(), progress);
        return Stream.iterate(0, i -> i < variants.size(), i -> i + 1)
                .map(i -> {
                    List<Sample> mine = samples.get(contenders.get(i).name());
                    double buffers = mine.stream()
                            .mapToLong(sample -> sample.work().buffers())
                            .sum();
                    Ring ring = contenders.get(i).ring();
                    return new Notifications(
                            variants.get(i).ring(),
                            variants.get(i).suppression(),
                            settings.outstanding(),
                            exitNanos,
                            THOUSAND * (ring.kicks() - kicksBefore[i]) / buffers,
                            THOUSAND * (ring.calls() - callsBefore[i]) / buffers,
                            Median.of(mine.stream().mapToDouble(Sample::nanosEach)));
                })
                .toList();
    }
}
