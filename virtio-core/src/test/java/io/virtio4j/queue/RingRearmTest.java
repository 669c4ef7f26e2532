// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arming notifications, and the look again that follows. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingRearmTest {
    private final RingFormat format;

    RingRearmTest(RingFormat format) {
        this.format = format;
    }

    private QueuePair pair(boolean eventIdx, int operations) {
        int[] bits = eventIdx ? new int[] {FeatureBits.EVENT_IDX} : new int[0];
        return QueuePair.of(format, 4, bits).runTo(operations);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDriverWithNothingToTakeMaySleep(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 3);
        pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.driver.enableCallbacks()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause({"SPLIT-DRV-REARM-RECHECK", "PACKED-DRV-REARM-RECHECK"})
    void aDriverSeesWhatTheDeviceUsedBetweenItsLastPollAndArming(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 3);
        pair.driver.disableCallbacks();
        pair.driver.offer(pair.parts(1), 1);
        assertThat(pair.poll()).isEmpty();
        pair.use(0);

        assertThat(pair.driver.enableCallbacks()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDriverThatLeftSomethingBehindItsLimitMayNotSleep(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 3);
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.useAll();
        pair.driver.poll((token, written) -> {}, 1);

        assertThat(pair.driver.enableCallbacks()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArmedDriverIsCalledAcrossTheWrap(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 65535);
        pair.device.callNeeded();
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
            assertThat(pair.driver.enableCallbacks()).isTrue();
            pair.use(0);
            assertThat(pair.device.callNeeded()).isTrue();
            pair.driver.disableCallbacks();
            pair.poll();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeviceWithNothingToTakeMaySleep(boolean eventIdx) {
        assertThat(pair(eventIdx, 3).device.enableNotifications()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause({"SPLIT-DEV-REARM-RECHECK", "PACKED-DEV-REARM-RECHECK"})
    void aDeviceSeesWhatTheDriverPublishedBetweenItsLastLookAndArming(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 3);
        pair.device.disableNotifications();
        assertThat(pair.device.next()).isNegative();
        pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.device.enableNotifications()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeviceThatHasSeenMoreThanItTookMayNotSleep(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 3);
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.device.next();

        assertThat(pair.device.enableNotifications()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArmedDeviceIsKickedAcrossTheWrap(boolean eventIdx) {
        QueuePair pair = pair(eventIdx, 65535);
        pair.driver.kickNeeded();
        for (int i = 0; i < 3; i++) {
            assertThat(pair.device.enableNotifications()).isTrue();
            pair.driver.offer(pair.parts(1), i);
            assertThat(pair.driver.kickNeeded()).isTrue();
            pair.device.disableNotifications();
            pair.use(0);
            pair.poll();
        }
    }
}
