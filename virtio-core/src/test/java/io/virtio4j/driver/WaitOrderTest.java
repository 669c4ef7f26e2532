// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the waits touch, in which order, and where they fence. */
class WaitOrderTest {
    private final UsedBufferSignal signal = new UsedBufferSignal();

    /**
     * What a wait does in a ring, in the specification's names, while nothing has come back yet.
     *
     * @param format the ring's
     * @param byEvent with EVENT_IDX, otherwise by flag
     * @param look at whether anything was used
     * @param deviceLook the device's first one at what was made available
     * @param take what follows the look that found something
     * @param wish for a call
     * @param noWish any more
     */
    private record Waits(
            RingFormat format,
            boolean byEvent,
            String look,
            String deviceLook,
            List<String> take,
            List<String> wish,
            List<String> noWish) {
        RecordedPair recorded() {
            return byEvent ? RecordedPair.of(format, FeatureBits.EVENT_IDX) : RecordedPair.of(format);
        }

        @Override
        public String toString() {
            return format + (byEvent ? " by event index" : " by flag");
        }
    }

    static List<Waits> waits() {
        List<String> splitTake = List.of("RMB", "load used.ring[0].id", "load used.ring[0].len");
        List<String> packedTake = List.of("RMB", "load desc[0].len, id, flags");
        return List.of(
                new Waits(
                        RingFormat.SPLIT,
                        false,
                        "opaque load used.idx",
                        "opaque load avail.idx",
                        splitTake,
                        List.of("opaque store avail.flags"),
                        List.of("opaque store avail.flags")),
                new Waits(
                        RingFormat.SPLIT,
                        true,
                        "opaque load used.idx",
                        "opaque load avail.idx",
                        splitTake,
                        List.of("opaque store avail.used_event"),
                        List.of("opaque store avail.used_event")),
                new Waits(
                        RingFormat.PACKED,
                        false,
                        "opaque load desc[0].flags",
                        "opaque load desc[0].flags",
                        packedTake,
                        List.of("opaque store driver.flags"),
                        List.of("opaque store driver.flags")),
                new Waits(
                        RingFormat.PACKED,
                        true,
                        "opaque load desc[0].flags",
                        "opaque load desc[0].flags",
                        packedTake,
                        List.of("opaque store driver.off_wrap", "WMB", "opaque store driver.flags"),
                        List.of("opaque store driver.flags")));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void aSpinByTheClockIsLoadsAloneAndOneReadBarrierAtItsEnd(Waits ring) {
        RecordedPair recorded = ring.recorded();
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        IdleStrategy idle = WaitRig.atPause(3, () -> recorded.pair.use(0));

        List<String> lines = recorded.during(() -> {
            recorded.pair.driver.pollUsedFor((token, written) -> {}, 1, WaitRig.LONG_NANOS, idle);
        });

        assertThat(lines).startsWith(ring.look, ring.look, ring.look, ring.deviceLook);
        List<String> end = new ArrayList<>(List.of(ring.look));
        // A packed ring is looked at again when it is polled: its look does not say how many there are.
        end.addAll(ring.format == RingFormat.PACKED ? List.of(ring.look) : List.of());
        end.addAll(ring.take);
        assertThat(lines).endsWith(end.toArray(String[]::new));
        // The other ones are the device's, which used the chain meanwhile.
        assertThat(recorded.pair.driver.counters().get(QueueCounter.RMB)).isEqualTo(1);
        assertThat(recorded.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("waits")
    @Clause({"SPLIT-DRV-REARM-RECHECK", "PACKED-DRV-REARM-RECHECK"})
    void aSleepIsTheWishThenTheFullBarrierThenTheLastLook(Waits ring) {
        RecordedPair recorded = ring.recorded();
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        List<String> expected = new ArrayList<>(List.of(ring.look));
        expected.addAll(ring.wish);
        expected.addAll(List.of("MB", ring.look));
        expected.addAll(ring.noWish);

        assertThat(recorded.during(() -> recorded.pair.driver.awaitUsed((token, written) -> {}, 1, signal, 0)))
                .containsExactlyElementsOf(expected);
        assertThat(recorded.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(expected.stream().filter(line -> line.endsWith("MB")).count());
    }

    @ParameterizedTest
    @MethodSource("waits")
    @Clause({"SPLIT-DRV-REARM-RECHECK", "PACKED-DRV-REARM-RECHECK"})
    void aCallThatComesWithTheLastLookKeepsTheDriverFromParking(Waits ring) {
        RecordedPair recorded = ring.recorded();
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        int[] looks = {0};
        recorded.memory.nameBy((offset, lengthBytes) -> {
            if (offset == placeOfLook(recorded) && lengthBytes == 2 && ++looks[0] == 2) {
                // Called while it looks for the last time, and sees nothing yet.
                signal.call(0);
            } else if (looks[0] == 3) {
                looks[0]++;
                recorded.pair.use(0);
            }
            return "";
        });
        long startNanos = System.nanoTime();

        assertThat(recorded.pair.driver.awaitUsed((token, written) -> {}, 1, signal, WaitRig.LONG_NANOS))
                .isEqualTo(1);

        // A call taken after the look would have been slept through, for a minute.
        assertThat(System.nanoTime() - startNanos).isLessThan(WaitRig.LONG_NANOS / 2);
    }

    private static long placeOfLook(RecordedPair recorded) {
        QueueAddresses at = recorded.pair.config.addresses();
        boolean packed = recorded.pair.config.format() == RingFormat.PACKED;
        return (packed ? at.descriptorArea() + 14 : at.deviceArea() + 2) - QueuePair.GUEST_BASE;
    }
}
