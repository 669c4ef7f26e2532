// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the driver kicks, where only all or nothing can be asked for. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingKickTest {
    private final QueuePair pair;

    RingKickTest(RingFormat format) {
        pair = QueuePair.of(format, 8);
    }

    @Test
    @Clause({"SPLIT-DRV-KICK-REQUIRED", "PACKED-DRV-CONSULT-EVENTS"})
    void everyBatchIsKickedUntilTheDeviceAsksForNone() {
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
            assertThat(pair.driver.kickNeeded()).isTrue();
        }
    }

    @Test
    void kicksComeAgainOnceTheDeviceAsksForThem() {
        pair.device.disableNotifications();
        pair.device.enableNotifications();

        pair.driver.offer(pair.parts(1), 1);
        assertThat(pair.driver.kickNeeded()).isTrue();
    }

    @Test
    void nothingIsKickedTwice() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.kickNeeded();

        assertThat(pair.driver.kickNeeded()).isFalse();
    }

    @Test
    void whatWasOnlyAddedIsNotKicked() {
        pair.driver.add(pair.parts(1), 1);

        assertThat(pair.driver.kickNeeded()).isFalse();
    }

    @Test
    @Clause("CORE-DRV-NOTIFY-INDEX")
    void theDoorbellIsRungWithTheQueuesIndex() {
        QueueConfig third = new QueueConfig(
                3,
                8,
                pair.config.features(),
                QueuePair.of(pair.config.format(), 8).config.addresses());
        DriverQueue driver = DriverQueue.create(third, pair.guest, BarrierPolicy.OPTIMIZED, pair.driverErrors::add);
        List<Integer> payloads = new ArrayList<>();
        driver.offer(pair.parts(1), 1);

        assertThat(driver.kick(payloads::add)).isTrue();

        assertThat(payloads).containsExactly(3);
    }

    @Test
    void theDoorbellStaysQuietWhenNoKickIsWanted() {
        List<Integer> payloads = new ArrayList<>();
        pair.device.disableNotifications();
        pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.driver.kick(payloads::add)).isFalse();

        assertThat(payloads).isEmpty();
    }

    @Test
    void kicksAreCountedWhetherSentOrSuppressed() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.kickNeeded();
        pair.device.disableNotifications();
        pair.driver.offer(pair.parts(1), 2);
        pair.driver.kickNeeded();
        pair.driver.offer(pair.parts(1), 3);
        pair.driver.kickNeeded();

        assertThat(pair.driver.counters().get(QueueCounter.KICKS_SENT)).isEqualTo(1);
        assertThat(pair.driver.counters().get(QueueCounter.KICKS_SUPPRESSED)).isEqualTo(2);
    }

    @Test
    void aDriverThatNeverAskedForALapIsStillToldToKick() {
        pair.runTo(65536);

        assertThat(pair.driver.kickNeeded()).isTrue();
    }
}
