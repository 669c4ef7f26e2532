// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the device calls, where only all or nothing can be asked for. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingCallTest {
    private final QueuePair pair;

    RingCallTest(RingFormat format) {
        pair = QueuePair.of(format, 8);
    }

    private void offerAndUse(int batch) {
        for (int i = 0; i < batch; i++) {
            pair.driver.offer(pair.parts(1), i);
        }
        pair.useAll();
    }

    @Test
    @Clause({"SPLIT-DEV-IRQ-REQUIRED", "PACKED-DEV-CONSULT-EVENTS"})
    void everyBatchIsCalledUntilTheDriverAsksForNone() {
        for (int i = 0; i < 3; i++) {
            offerAndUse(2);
            assertThat(pair.device.callNeeded()).isTrue();
            pair.poll();
        }
    }

    @Test
    void callsComeAgainOnceTheDriverAsksForThem() {
        pair.driver.disableCallbacks();
        pair.driver.enableCallbacks();
        offerAndUse(1);

        assertThat(pair.device.callNeeded()).isTrue();
    }

    @Test
    void nothingIsCalledTwice() {
        offerAndUse(1);
        pair.device.callNeeded();

        assertThat(pair.device.callNeeded()).isFalse();
    }

    @Test
    void flushPublishesAndCallsOnceForTheBatch() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.device.complete(pair.device.next(), 0);
        pair.device.complete(pair.device.next(), 0);

        pair.device.flush();

        assertThat(pair.poll()).hasSize(2);
        assertThat(pair.calls).isEqualTo(1);
    }

    @Test
    void flushWithNothingCompletedDoesNotCall() {
        pair.device.flush();

        assertThat(pair.calls).isZero();
    }

    @Test
    void callsAreCountedWhetherSentOrSuppressed() {
        offerAndUse(1);
        pair.device.callNeeded();
        pair.driver.disableCallbacks();
        offerAndUse(1);
        pair.device.callNeeded();

        assertThat(pair.device.counters().get(QueueCounter.CALLS_SENT)).isEqualTo(1);
        assertThat(pair.device.counters().get(QueueCounter.CALLS_SUPPRESSED)).isEqualTo(1);
    }

    @Test
    void aDeviceThatNeverAskedForALapIsStillToldToCall() {
        pair.runTo(65536);

        assertThat(pair.device.callNeeded()).isTrue();
    }
}
