// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whether the device calls. */
class SplitCallTest {

    private static void offerAndUse(QueuePair pair, int batch) {
        for (int i = 0; i < batch; i++) {
            pair.driver.offer(pair.parts(1), i);
        }
        pair.useAll();
    }

    @Nested
    class ByFlag {
        private final QueuePair pair = QueuePair.split(8);

        @Test
        @Clause({"SPLIT-DEV-IRQ-SUPPRESSED", "SPLIT-DRV-AVAIL-FLAGS-SUPPRESS", "SPLIT-DRV-DISABLE-IRQ-POLL"})
        void nothingIsCalledOnceTheDriverHasSetTheFlag() {
            pair.driver.disableCallbacks();

            assertThat(pair.rawSplit().availFlags()).isEqualTo(1);
            offerAndUse(pair, 3);
            assertThat(pair.device.callNeeded()).isFalse();
        }

        @Test
        @Clause("SPLIT-DEV-IGNORE-USED-EVENT")
        void theEventFieldIsNotLookedAt() {
            for (int event : new int[] {0, 1, 7, 0x8000, 0xFFFF}) {
                pair.rawSplit().usedEvent(event);
                offerAndUse(pair, 1);
                assertThat(pair.device.callNeeded()).isTrue();
                pair.poll();
            }
        }

        @Test
        @Clause("SPLIT-DRV-AVAIL-FLAGS-01")
        void theDriversFlagsAreZeroOrOneAndItsEventFieldIsLeftAlone() {
            pair.rawSplit().usedEvent(0x7777);
            for (int i = 0; i < 5; i++) {
                pair.driver.disableCallbacks();
                assertThat(pair.rawSplit().availFlags()).isEqualTo(1);
                offerAndUse(pair, 1);
                pair.poll();
                assertThat(pair.rawSplit().availFlags()).isEqualTo(1);
                pair.driver.enableCallbacks();
                assertThat(pair.rawSplit().availFlags()).isZero();
            }
            assertThat(pair.rawSplit().usedEvent()).isEqualTo(0x7777);
        }

        @Test
        void otherBitsOfTheFlagsMeanNothing() {
            pair.rawSplit().availFlags(0xFFFE);
            offerAndUse(pair, 1);

            assertThat(pair.device.callNeeded()).isTrue();
        }
    }

    @Nested
    class ByEventIndex {
        private final QueuePair pair = QueuePair.splitWithEventIdx(8);

        @Test
        @Clause({"SPLIT-DEV-IRQ-AT-USED-EVENT", "SPLIT-DEV-IRQ-NOT-AT-USED-EVENT", "SPLIT-DRV-USED-EVENT"})
        void aBatchIsCalledExactlyWhenItHoldsTheEntryAskedForAllAroundTheWrap() {
            pair.runTo(65_490);
            pair.device.callNeeded();
            int trial = 0;
            for (int done = 65_490; done < 65_536 + 60; ) {
                int batch = 1 + trial % 8;
                int oldIdx = done & 0xFFFF;
                int newIdx = (done + batch) & 0xFFFF;
                int event = (oldIdx - 2 + (trial * 7) % (batch + 5)) & 0xFFFF;
                pair.rawSplit().usedEvent(event);
                offerAndUse(pair, batch);

                assertThat(pair.device.callNeeded())
                        .as("event %d, batch from %d to %d", event, oldIdx, newIdx)
                        .isEqualTo(EventIdxTest.holds(event, newIdx, oldIdx));

                pair.poll();
                done += batch;
                trial++;
            }
        }

        @Test
        @Clause("SPLIT-DEV-IGNORE-AVAIL-FLAG")
        void theFlagIsNotLookedAt() {
            pair.rawSplit().availFlags(1);
            offerAndUse(pair, 1);

            assertThat(pair.device.callNeeded()).isTrue();
        }

        @Test
        @Clause("SPLIT-DRV-AVAIL-FLAGS-ZERO")
        void theDriversFlagsStayZero() {
            for (int i = 0; i < 5; i++) {
                pair.driver.disableCallbacks();
                assertThat(pair.rawSplit().availFlags()).isZero();
                pair.driver.enableCallbacks();
                assertThat(pair.rawSplit().availFlags()).isZero();
                offerAndUse(pair, 1);
                pair.poll();
            }
        }

        @Test
        @Clause("SPLIT-DRV-DISABLE-IRQ-POLL")
        void aDriverThatPollsIsNotCalled() {
            pair.driver.disableCallbacks();
            for (int i = 0; i < 1000; i++) {
                offerAndUse(pair, 1);
                assertThat(pair.device.callNeeded()).isFalse();
                pair.poll();
            }
        }

        @Test
        @Clause("SPLIT-DRV-USED-EVENT")
        void aDriverThatAskedIsCalledForTheNextBufferAndNotForTheOneAfter() {
            pair.runTo(100);
            pair.device.callNeeded();
            assertThat(pair.driver.enableCallbacks()).isTrue();

            offerAndUse(pair, 1);
            assertThat(pair.device.callNeeded()).isTrue();
            offerAndUse(pair, 1);
            assertThat(pair.device.callNeeded()).isFalse();
        }

        @Test
        void afterALapWithoutAQuestionAnyEventHasBeenPassed() {
            pair.runTo(65536);
            pair.rawSplit().usedEvent(0xFFFF);

            assertThat(pair.device.callNeeded()).isTrue();
        }
    }
}
