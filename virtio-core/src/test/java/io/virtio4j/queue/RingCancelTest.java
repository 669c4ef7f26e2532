// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(RingFormat.class)
class RingCancelTest {
    private final QueuePair pair;
    private final List<Long> cancelled = new ArrayList<>();

    RingCancelTest(RingFormat format) {
        pair = QueuePair.of(format, 8);
    }

    @Test
    void cancellingAnIdleQueueReturnsNothing() {
        assertThat(pair.driver.cancelAll(cancelled::add)).isZero();
        assertThat(cancelled).isEmpty();
    }

    @Test
    void everyChainThatTheDeviceDidNotReturnIsHandedBackOnce() {
        pair.driver.offer(pair.parts(2), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.driver.offer(pair.parts(3), 3);
        pair.use(0);
        pair.poll();

        assertThat(pair.driver.cancelAll(cancelled::add)).isEqualTo(2);

        assertThat(cancelled).containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void aChainThatWasNotYetPublishedIsHandedBackToo() {
        pair.driver.add(pair.parts(1), 4);

        pair.driver.cancelAll(cancelled::add);

        assertThat(cancelled).containsExactly(4L);
    }

    @Test
    void aChainThatTheDeviceUsedAndNobodyPolledIsHandedBack() {
        pair.driver.offer(pair.parts(1), 5);
        pair.use(0);

        pair.driver.cancelAll(cancelled::add);

        assertThat(cancelled).containsExactly(5L);
    }

    @Test
    void aSecondCancelReturnsNothing() {
        pair.driver.offer(pair.parts(1), 6);
        pair.driver.cancelAll(cancelled::add);

        assertThat(pair.driver.cancelAll(cancelled::add)).isZero();
        assertThat(cancelled).containsExactly(6L);
    }

    @Test
    void afterACancelTheQueueAnswersBroken() {
        pair.driver.cancelAll(cancelled::add);

        assertThat(pair.driver.add(pair.parts(1), 1)).isEqualTo(DriverQueue.BROKEN);
        assertThat(pair.driver.offer(pair.parts(1), 1)).isEqualTo(DriverQueue.BROKEN);
        assertThat(pair.driver.poll((token, written) -> {}, 1)).isEqualTo(DriverQueue.BROKEN);
        assertThat(pair.driver.isBroken()).isTrue();
    }

    @Test
    void aCancelIsNoBreakOfTheDevice() {
        pair.driver.cancelAll(cancelled::add);

        assertThat(pair.driverErrors).isEmpty();
        assertThat(pair.driver.counters().get(QueueCounter.BROKEN)).isZero();
    }

    @Test
    void aHandlerThatThrowsLosesNoOtherToken() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.driver.offer(pair.parts(1), 3);
        assertThatThrownBy(() -> pair.driver.cancelAll(token -> {
                    cancelled.add(token);
                    throw new IllegalStateException("first");
                }))
                .hasMessage("first");

        pair.driver.cancelAll(cancelled::add);

        assertThat(cancelled).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void aCancelledQueueLeavesTheRingAlone() {
        pair.driver.add(pair.parts(1), 1);
        pair.driver.cancelAll(cancelled::add);
        byte[] descriptors = pair.raw.descriptorArea();
        byte[] avail = pair.raw.driverArea();

        pair.driver.publish();
        pair.driver.kickNeeded();
        pair.driver.disableCallbacks();
        pair.driver.enableCallbacks();

        assertThat(pair.raw.descriptorArea()).isEqualTo(descriptors);
        assertThat(pair.raw.driverArea()).isEqualTo(avail);
    }
}
