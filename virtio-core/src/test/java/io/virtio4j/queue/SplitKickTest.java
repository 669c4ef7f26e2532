// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whether the driver kicks. */
class SplitKickTest {

    @Nested
    class ByFlag {
        private final QueuePair pair = QueuePair.split(8);

        @Test
        @Clause({"SPLIT-DRV-KICK-SUPPRESSED", "SPLIT-DEV-USED-FLAGS-SUPPRESS", "SPLIT-DEV-KICK-SUPPRESS-MAY"})
        void nothingIsKickedOnceTheDeviceHasSetTheFlag() {
            pair.device.disableNotifications();

            assertThat(pair.rawSplit().usedFlags()).isEqualTo(1);
            pair.driver.offer(pair.parts(1), 1);
            assertThat(pair.driver.kickNeeded()).isFalse();
        }

        @Test
        @Clause("SPLIT-DRV-IGNORE-AVAIL-EVENT")
        void theEventFieldIsNotLookedAt() {
            for (int event : new int[] {0, 1, 7, 0x8000, 0xFFFF}) {
                pair.rawSplit().availEvent(event);
                pair.driver.offer(pair.parts(1), event);
                assertThat(pair.driver.kickNeeded()).isTrue();
            }
        }

        @Test
        @Clause("SPLIT-DEV-USED-FLAGS-01")
        void theDevicesFlagsAreZeroOrOneAndItsEventFieldIsLeftAlone() {
            pair.rawSplit().availEvent(0x7777);
            for (int i = 0; i < 5; i++) {
                pair.device.disableNotifications();
                assertThat(pair.rawSplit().usedFlags()).isEqualTo(1);
                pair.device.enableNotifications();
                assertThat(pair.rawSplit().usedFlags()).isZero();
                pair.driver.offer(pair.parts(1), i);
                pair.use(0);
            }
            assertThat(pair.rawSplit().availEvent()).isEqualTo(0x7777);
        }

        @Test
        void otherBitsOfTheFlagsMeanNothing() {
            pair.rawSplit().usedFlags(0xFFFE);
            pair.driver.offer(pair.parts(1), 1);

            assertThat(pair.driver.kickNeeded()).isTrue();
        }
    }

    @Nested
    class ByEventIndex {
        private final QueuePair pair = QueuePair.splitWithEventIdx(8);

        @Test
        @Clause({"SPLIT-DRV-KICK-AT-AVAIL-EVENT", "SPLIT-DRV-KICK-NOT-AT-AVAIL-EVENT", "SPLIT-DEV-AVAIL-EVENT"})
        void aBatchIsKickedExactlyWhenItHoldsTheEntryAskedForAllAroundTheWrap() {
            pair.runTo(65_490);
            pair.driver.kickNeeded();
            int trial = 0;
            for (int done = 65_490; done < 65_536 + 60; ) {
                int batch = 1 + trial % 8;
                int oldIdx = done & 0xFFFF;
                int newIdx = (done + batch) & 0xFFFF;
                int event = (oldIdx - 2 + (trial * 7) % (batch + 5)) & 0xFFFF;
                pair.rawSplit().availEvent(event);
                for (int i = 0; i < batch; i++) {
                    pair.driver.add(pair.parts(1), i);
                }
                pair.driver.publish();

                assertThat(pair.driver.kickNeeded())
                        .as("event %d, batch from %d to %d", event, oldIdx, newIdx)
                        .isEqualTo(EventIdxTest.holds(event, newIdx, oldIdx));

                pair.useAll();
                pair.poll();
                done += batch;
                trial++;
            }
        }

        @Test
        @Clause("SPLIT-DRV-KICK-AT-AVAIL-EVENT")
        void severalPublicationsBetweenTwoQuestionsCountAsOneBatch() {
            pair.rawSplit().availEvent(1);
            pair.driver.offer(pair.parts(1), 0);
            pair.driver.offer(pair.parts(1), 1);
            pair.driver.offer(pair.parts(1), 2);

            assertThat(pair.driver.kickNeeded()).isTrue();
        }

        @Test
        @Clause("SPLIT-DRV-IGNORE-USED-FLAG")
        void theFlagIsNotLookedAt() {
            pair.rawSplit().usedFlags(1);
            pair.rawSplit().availEvent(0);
            pair.driver.offer(pair.parts(1), 0);

            assertThat(pair.driver.kickNeeded()).isTrue();
        }

        @Test
        @Clause("SPLIT-DEV-USED-FLAGS-ZERO")
        void theDevicesFlagsStayZero() {
            for (int i = 0; i < 5; i++) {
                pair.device.disableNotifications();
                assertThat(pair.rawSplit().usedFlags()).isZero();
                pair.device.enableNotifications();
                assertThat(pair.rawSplit().usedFlags()).isZero();
                pair.driver.offer(pair.parts(1), i);
                pair.use(0);
            }
        }

        @Test
        @Clause("SPLIT-DEV-KICK-SUPPRESS-MAY")
        void aDeviceThatPollsIsNotKicked() {
            pair.device.disableNotifications();
            for (int i = 0; i < 1000; i++) {
                pair.driver.offer(pair.parts(1), i);
                assertThat(pair.driver.kickNeeded()).isFalse();
                pair.use(0);
                pair.poll();
            }
        }

        @Test
        @Clause("SPLIT-DEV-AVAIL-EVENT")
        void aDeviceThatAskedIsKickedForTheNextBufferAndNotForTheOneAfter() {
            pair.runTo(100);
            pair.driver.kickNeeded();
            assertThat(pair.device.enableNotifications()).isTrue();

            pair.driver.offer(pair.parts(1), 1);
            assertThat(pair.driver.kickNeeded()).isTrue();
            pair.driver.offer(pair.parts(1), 2);
            assertThat(pair.driver.kickNeeded()).isFalse();
        }

        @Test
        void afterALapWithoutAQuestionAnyEventHasBeenPassed() {
            pair.runTo(65536);
            pair.rawSplit().availEvent(0xFFFF);

            assertThat(pair.driver.kickNeeded()).isTrue();
        }
    }
}
