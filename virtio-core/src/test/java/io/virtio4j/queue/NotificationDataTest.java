// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doorbell carries with NOTIFICATION_DATA. VirtIO 1.2, 2.9 Driver Notifications. */
class NotificationDataTest {
    private static final int INDEX = 0xABCD;

    private final List<Integer> payloads = new ArrayList<>();

    private static int nextOff(int payload) {
        return payload >>> 16 & 0x7FFF;
    }

    private static int nextWrap(int payload) {
        return payload >>> 31;
    }

    /** Sends one buffer after the other round and collects what the doorbell was rung with for each. */
    private void kickEach(QueuePair pair, int operations) {
        for (int i = 0; i < operations; i++) {
            pair.driver.offer(pair.parts(1), i);
            assertThat(pair.driver.kick(payloads::add)).isTrue();
            pair.use(0);
            pair.driver.poll((token, written) -> {}, 1);
        }
    }

    @Test
    @Clause("CORE-DRV-NOTIFY-DATA-SPLIT")
    void aSplitQueueSendsItsAvailableIndexInTwoPieces() {
        kickEach(QueuePair.of(RingFormat.SPLIT, 4, FeatureBits.NOTIFICATION_DATA), 65_540);

        for (int i = 0; i < payloads.size(); i++) {
            int availIdx = i + 1 & 0xFFFF;
            assertThat(nextOff(payloads.get(i))).isEqualTo(availIdx % 32768);
            assertThat(nextWrap(payloads.get(i))).isEqualTo(availIdx / 32768);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 100})
    @Clause({"CORE-DRV-NOTIFY-DATA-PACKED", "PACKED-DRV-NOTIFY-OFF-WRAP"})
    void aPackedQueueSendsTheSlotThatComesNextAndItsWrapCounter(int size) {
        kickEach(QueuePair.of(RingFormat.PACKED, size, FeatureBits.NOTIFICATION_DATA), 4 * size + 1);

        for (int i = 0; i < payloads.size(); i++) {
            assertThat(nextOff(payloads.get(i))).isEqualTo((i + 1) % size);
            assertThat(nextWrap(payloads.get(i))).isEqualTo((i + 1) / size % 2 == 0 ? 1 : 0);
        }
    }

    @Test
    @Clause({"CORE-DRV-NOTIFY-DATA-PACKED", "PACKED-DRV-NOTIFY-OFF-WRAP"})
    void aPackedQueueCountsDescriptorsAndNotLists() {
        QueuePair pair = QueuePair.of(RingFormat.PACKED, 8, FeatureBits.NOTIFICATION_DATA);
        pair.driver.offer(pair.parts(3), 1);
        pair.driver.kick(payloads::add);
        pair.driver.add(pair.parts(2), 2);
        pair.driver.add(pair.parts(3), 3);
        pair.driver.publish();
        pair.driver.kick(payloads::add);

        assertThat(payloads.stream().map(NotificationDataTest::nextOff)).containsExactly(3, 0);
        assertThat(payloads.stream().map(NotificationDataTest::nextWrap)).containsExactly(1, 0);
    }

    @Test
    void theLargestPackedQueueFitsIntoTheOffset() {
        kickEach(QueuePair.of(RingFormat.PACKED, 32768, FeatureBits.NOTIFICATION_DATA), 32768);

        assertThat(nextOff(payloads.get(32766))).isEqualTo(32767);
        assertThat(nextWrap(payloads.get(32766))).isEqualTo(1);
        assertThat(nextOff(payloads.get(32767))).isZero();
        assertThat(nextWrap(payloads.get(32767))).isZero();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("CORE-DRV-NOTIFY-DATA-REPEAT")
    void aDoorbellRungAgainCarriesTheSameUntilMoreIsPublished(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4, FeatureBits.NOTIFICATION_DATA);
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.kick(payloads::add);

        assertThat(pair.driver.notificationPayload()).isEqualTo(payloads.get(0));
        pair.driver.add(pair.parts(1), 2);
        assertThat(pair.driver.notificationPayload()).isEqualTo(payloads.get(0));
        pair.use(0);
        pair.poll();
        assertThat(pair.driver.notificationPayload()).isEqualTo(payloads.get(0));
        pair.driver.publish();
        assertThat(pair.driver.notificationPayload()).isNotEqualTo(payloads.get(0));
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void theIndexIsSentWhateverItsBits(RingFormat format) {
        for (int bit : new int[] {FeatureBits.NOTIFICATION_DATA, FeatureBits.EVENT_IDX}) {
            QueuePair pair = QueuePair.of(format, 4, bit);
            QueueConfig config = new QueueConfig(INDEX, 4, pair.config.features(), pair.config.addresses());
            DriverQueue driver =
                    DriverQueue.create(config, pair.guest, BarrierPolicy.OPTIMIZED, pair.driverErrors::add);

            driver.offer(pair.parts(1), 1);

            assertThat(driver.notificationPayload() & 0xFFFF).isEqualTo(INDEX);
        }
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("CORE-DRV-NOTIFY-INDEX")
    void withoutTheFeatureTheIndexIsAllThereIs(RingFormat format) {
        kickEach(QueuePair.of(format, 4), 9);

        assertThat(payloads).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aDeviceThatLooksForNothingFindsNothingAndGoesOnAsBefore(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4, FeatureBits.NOTIFICATION_DATA);
        pair.driver.offer(pair.parts(1), 1);
        pair.use(0);
        for (int i = 0; i < 3; i++) {
            assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
        }

        pair.driver.offer(pair.parts(1), 2);

        assertThat(pair.device.next()).isNotNegative();
        assertThat(pair.deviceErrors).isEmpty();
    }
}
