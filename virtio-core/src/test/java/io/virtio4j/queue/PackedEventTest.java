// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether a packed queue's halves kick and call, by what the event suppression structures hold. VirtIO 1.2, 2.8.10 and
 * 2.8.14.
 */
class PackedEventTest {
    private static final int ENABLE = 0;
    private static final int DISABLE = 1;
    private static final int DESC = 2;
    private static final int RESERVED = 3;

    private final QueuePair byFlags = QueuePair.of(RingFormat.PACKED, 8);
    private final QueuePair byEvent = QueuePair.of(RingFormat.PACKED, 8, FeatureBits.EVENT_IDX);

    private static boolean kick(QueuePair pair) {
        pair.driver.offer(pair.parts(1), 1);
        return pair.driver.kickNeeded();
    }

    private static boolean call(QueuePair pair) {
        pair.driver.offer(pair.parts(1), 1);
        pair.useAll();
        boolean needed = pair.device.callNeeded();
        pair.poll();
        return needed;
    }

    /** Walks the descriptors of a batch one by one; the other side named one by slot and wrap counter. */
    private static boolean holds(RawPackedRing raw, int offWrap, long first, int descriptors) {
        for (long descriptor = first; descriptor < first + descriptors; descriptor++) {
            if (raw.offWrap(descriptor) == offWrap) {
                return true;
            }
        }
        return false;
    }

    /** Adds lists of so many descriptors until the queue is full; says how many descriptors were added. */
    private static int add(QueuePair pair, List<Integer> lengths) {
        int descriptors = 0;
        for (int length : lengths) {
            if (pair.driver.add(pair.parts(Math.min(length, pair.config.size())), 0) >= 0) {
                descriptors += Math.min(length, pair.config.size());
            }
        }
        return descriptors;
    }

    @Property(tries = 3000)
    @Clause({"PACKED-EVENT-DESC-MATCH", "PACKED-DRV-CONSULT-EVENTS"})
    void aBatchIsKickedExactlyWhenItHoldsTheDescriptorAskedFor(
            @ForAll @IntRange(min = 1, max = 20) int size,
            @ForAll @IntRange(max = 80) int start,
            @ForAll @IntRange(max = 100) int ahead,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 5) Integer> lengths) {
        QueuePair pair =
                QueuePair.of(RingFormat.PACKED, size, FeatureBits.EVENT_IDX).runTo(start);
        pair.driver.kickNeeded();
        // From somewhat less than two laps behind to somewhat more ahead: two laps have the same names as the first.
        int offWrap = pair.rawPacked().offWrap(start + ahead);
        pair.rawPacked().deviceEvent(offWrap, DESC);
        int descriptors = add(pair, lengths);
        pair.driver.publish();

        assertThat(pair.driver.kickNeeded())
                .isEqualTo(descriptors >= size || holds(pair.rawPacked(), offWrap, start, descriptors));
    }

    @Property(tries = 3000)
    @Clause({"PACKED-EVENT-DESC-MATCH", "PACKED-DEV-CONSULT-EVENTS"})
    void aBatchIsCalledExactlyWhenItHoldsTheDescriptorAskedFor(
            @ForAll @IntRange(min = 1, max = 20) int size,
            @ForAll @IntRange(max = 80) int start,
            @ForAll @IntRange(max = 100) int ahead,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 5) Integer> lengths) {
        QueuePair pair =
                QueuePair.of(RingFormat.PACKED, size, FeatureBits.EVENT_IDX).runTo(start);
        pair.device.callNeeded();
        int offWrap = pair.rawPacked().offWrap(start + ahead);
        pair.rawPacked().driverEvent(offWrap, DESC);
        int descriptors = add(pair, lengths);
        pair.driver.publish();
        pair.useAll();

        assertThat(pair.device.callNeeded())
                .isEqualTo(descriptors >= size || holds(pair.rawPacked(), offWrap, start, descriptors));
    }

    @Property(tries = 300)
    @Clause("PACKED-EVENT-DESC-MATCH")
    void whatTheHalvesAskForIsTheDescriptorThatComesNext(
            @ForAll @IntRange(min = 1, max = 9) int size,
            @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 9) Integer> lengths) {
        QueuePair pair = QueuePair.of(RingFormat.PACKED, size, FeatureBits.EVENT_IDX);
        long descriptors = 0;
        for (int length : lengths) {
            pair.driver.offer(pair.parts(Math.min(length, size)), 0);
            pair.useAll();
            pair.poll();
            descriptors += Math.min(length, size);

            pair.driver.enableCallbacks();
            pair.device.enableNotifications();
            assertThat(pair.rawPacked().driverOffWrap())
                    .isEqualTo(pair.rawPacked().offWrap(descriptors));
            assertThat(pair.rawPacked().deviceOffWrap())
                    .isEqualTo(pair.rawPacked().offWrap(descriptors));
            assertThat(pair.rawPacked().driverFlags()).isEqualTo(DESC);
            assertThat(pair.rawPacked().deviceFlags()).isEqualTo(DESC);
        }
    }

    @Test
    void anOffsetOutsideTheRingDoesNoHarm() {
        for (int offWrap = 0; offWrap <= 0xFFFF; offWrap += 7) {
            byEvent.rawPacked().deviceEvent(offWrap, DESC);
            byEvent.rawPacked().driverEvent(offWrap, DESC);
            kick(byEvent);
            byEvent.useAll();
            byEvent.device.callNeeded();
            byEvent.poll();
        }

        assertThat(byEvent.driver.isBroken()).isFalse();
        assertThat(byEvent.device.isBroken()).isFalse();
    }

    @Test
    @Clause({"PACKED-EVENT-DESC-MATCH", "PACKED-DRV-CONSULT-EVENTS"})
    void aDeviceThatAskedIsKickedForTheNextBufferAndNotForTheOneAfter() {
        byEvent.runTo(15);
        byEvent.driver.kickNeeded();
        assertThat(byEvent.device.enableNotifications()).isTrue();

        assertThat(kick(byEvent)).isTrue();
        assertThat(kick(byEvent)).isFalse();
    }

    @Test
    @Clause({"PACKED-EVENT-DESC-MATCH", "PACKED-DEV-CONSULT-EVENTS"})
    void aDriverThatAskedIsCalledForTheNextBufferAndNotForTheOneAfter() {
        byEvent.runTo(15);
        byEvent.device.callNeeded();
        assertThat(byEvent.driver.enableCallbacks()).isTrue();

        assertThat(call(byEvent)).isTrue();
        assertThat(call(byEvent)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false", "0xFFFC, true", "0xFFFD, false"})
    @Clause({"PACKED-EVENT-FLAGS", "PACKED-DRV-CONSULT-EVENTS", "PACKED-DEV-CONSULT-EVENTS"})
    void enableMeansEveryBatchAndDisableNoneWhateverTheReservedBits(String flags, boolean notified) {
        for (QueuePair pair : List.of(byFlags, byEvent)) {
            for (int i = 0; i < 5; i++) {
                pair.rawPacked().deviceEvent(0x1234, Integer.decode(flags));
                pair.rawPacked().driverEvent(0x1234, Integer.decode(flags));
                pair.driver.offer(pair.parts(2), i);
                assertThat(pair.driver.kickNeeded()).isEqualTo(notified);
                pair.useAll();
                assertThat(pair.device.callNeeded()).isEqualTo(notified);
                pair.poll();
            }
        }
    }

    /** What a peer means by a value without meaning is unknown; one notification too many does no harm. */
    @ParameterizedTest
    @ValueSource(ints = {RESERVED, 0xFFFF})
    @Clause("PACKED-EVENT-FLAGS")
    void theReservedValueCountsAsEnable(int flags) {
        for (QueuePair pair : List.of(byFlags, byEvent)) {
            pair.rawPacked().deviceEvent(0, flags);
            pair.rawPacked().driverEvent(0, flags);

            assertThat(kick(pair)).isTrue();
            assertThat(call(pair)).isTrue();
            assertThat(pair.driver.isBroken()).isFalse();
            assertThat(pair.device.isBroken()).isFalse();
        }
    }

    @Test
    @Clause("PACKED-EVENT-FLAGS")
    void aWishForOneDescriptorCountsAsEnableWithoutEventIndex() {
        byFlags.rawPacked().deviceEvent(byFlags.rawPacked().offWrap(7), DESC);
        byFlags.rawPacked().driverEvent(byFlags.rawPacked().offWrap(7), DESC);

        assertThat(kick(byFlags)).isTrue();
        assertThat(call(byFlags)).isTrue();
    }

    @Test
    @Clause({"PACKED-EVENT-FLAGS", "PACKED-EVENT-RESERVED-ZERO"})
    void withoutEventIndexTheHalvesWriteEnableAndDisableOnly() {
        for (int i = 0; i < 40; i++) {
            byFlags.driver.disableCallbacks();
            byFlags.device.disableNotifications();
            assertThat(byFlags.rawPacked().driverFlags()).isEqualTo(DISABLE);
            assertThat(byFlags.rawPacked().deviceFlags()).isEqualTo(DISABLE);
            call(byFlags);
            byFlags.driver.enableCallbacks();
            byFlags.device.enableNotifications();
            assertThat(byFlags.rawPacked().driverFlags()).isEqualTo(ENABLE);
            assertThat(byFlags.rawPacked().deviceFlags()).isEqualTo(ENABLE);
        }
    }

    @Test
    @Clause({"PACKED-EVENT-FLAGS", "PACKED-EVENT-RESERVED-ZERO"})
    void withEventIndexTheHalvesWriteDisableAndDescOnly() {
        for (int i = 0; i < 40; i++) {
            byEvent.driver.disableCallbacks();
            byEvent.device.disableNotifications();
            assertThat(byEvent.rawPacked().driverFlags()).isEqualTo(DISABLE);
            assertThat(byEvent.rawPacked().deviceFlags()).isEqualTo(DISABLE);
            call(byEvent);
            byEvent.driver.enableCallbacks();
            byEvent.device.enableNotifications();
            assertThat(byEvent.rawPacked().driverFlags()).isEqualTo(DESC);
            assertThat(byEvent.rawPacked().deviceFlags()).isEqualTo(DESC);
        }
    }

    @Test
    @Clause({"PACKED-DEV-KICK-SUPPRESS-MAY", "PACKED-DRV-CONSULT-EVENTS"})
    void aDeviceThatPollsIsNotKicked() {
        for (QueuePair pair : List.of(byFlags, byEvent)) {
            pair.device.disableNotifications();
            for (int i = 0; i < 1000; i++) {
                assertThat(kick(pair)).isFalse();
                pair.use(0);
                pair.poll();
            }
        }
    }

    @Test
    @Clause({"PACKED-DRV-DISABLE-IRQ-POLL", "PACKED-DEV-CONSULT-EVENTS"})
    void aDriverThatPollsIsNotCalled() {
        for (QueuePair pair : List.of(byFlags, byEvent)) {
            pair.driver.disableCallbacks();
            for (int i = 0; i < 1000; i++) {
                assertThat(call(pair)).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 32767, 32768})
    void aLapWithoutAQuestionHoldsEveryDescriptor(int size) {
        QueuePair pair =
                QueuePair.of(RingFormat.PACKED, size, FeatureBits.EVENT_IDX).runTo(size);
        pair.rawPacked().deviceEvent(pair.rawPacked().offWrap(5L * size - 1), DESC);
        pair.rawPacked().driverEvent(pair.rawPacked().offWrap(5L * size - 1), DESC);

        assertThat(pair.driver.kickNeeded()).isTrue();
        assertThat(pair.device.callNeeded()).isTrue();
    }
}
