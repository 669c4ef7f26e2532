// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;

/** The exact sequence of accesses and fences on each path of the driver's half. */
class SplitDriverOrderTest {
    private static final UsedHandler IGNORE = (token, written) -> {};

    private final RecordedPair recorded = RecordedPair.of(RingFormat.SPLIT);
    private final QueuePair pair = recorded.pair;

    private static int spin(QueuePair pair, int spins) {
        return pair.driver.pollUsed(IGNORE, 16, spins, NoOpIdleStrategy.INSTANCE);
    }

    @Test
    @Clause("SPLIT-DRV-AVAIL-IDX-BARRIER")
    void anOfferWritesDescriptorsThenSlotThenFencesThenIndex() {
        BufferChain chain = pair.parts(2);

        assertThat(recorded.during(() -> pair.driver.offer(chain, 1)))
                .containsExactly(
                        "store desc[0].addr",
                        "store desc[0].len, flags, next",
                        "store desc[1].addr",
                        "store desc[1].len, flags, next",
                        "store avail.ring[0]",
                        "WMB",
                        "opaque store avail.idx");
    }

    @Test
    @Clause({"SPLIT-DRV-AVAIL-IDX-BARRIER", "SPLIT-DRV-BATCH-PLACE"})
    void aBatchIsPublishedByOneFenceAndOneIndex() {
        pair.driver.add(pair.parts(1), 1);
        pair.driver.add(pair.parts(1), 2);
        pair.driver.add(pair.parts(1), 3);

        assertThat(recorded.during(pair.driver::publish)).containsExactly("WMB", "opaque store avail.idx");
    }

    @Test
    void addingIssuesNoFence() {
        assertThat(recorded.during(() -> pair.driver.add(pair.parts(1), 1)))
                .containsExactly("store desc[0].addr", "store desc[0].len, flags, next", "store avail.ring[0]");
    }

    @Test
    void publishingNothingTouchesNothing() {
        assertThat(recorded.during(pair.driver::publish)).isEmpty();
    }

    @Test
    @Clause({"SPLIT-DRV-KICK-BARRIER", "SPLIT-DRV-IDX-THEN-SUPPRESS-CHECK"})
    void theKickDecisionFencesInFullBeforeItLoadsTheFlag() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(pair.driver::kickNeeded)).containsExactly("MB", "opaque load used.flags");
    }

    @Test
    @Clause({"SPLIT-DRV-KICK-BARRIER", "SPLIT-DRV-IDX-THEN-SUPPRESS-CHECK"})
    void theKickDecisionFencesInFullBeforeItLoadsTheEvent() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);
        byEvent.pair.driver.offer(pair.parts(1), 1);

        assertThat(byEvent.during(byEvent.pair.driver::kickNeeded))
                .containsExactly("MB", "opaque load used.avail_event");
    }

    @Test
    void theKickDecisionCostsNothingWhenNothingWasPublished() {
        assertThat(recorded.during(pair.driver::kickNeeded)).isEmpty();
    }

    @Test
    @Clause("SPLIT-DRV-USED-READ-BARRIER")
    void aPollLoadsTheIndexThenFencesThenLoadsTheElement() {
        pair.driver.offer(pair.parts(1), 1);
        pair.use(0);

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16)))
                .containsExactly("opaque load used.idx", "RMB", "load used.ring[0].id", "load used.ring[0].len");
    }

    @Test
    void aPollOfSeveralLoadsTheIndexAndFencesOnce() {
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
        }
        pair.useAll();

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16)))
                .startsWith("opaque load used.idx", "RMB")
                .containsOnlyOnce("opaque load used.idx", "RMB")
                .hasSize(2 + 2 * 3);
    }

    @Test
    void aPollThatFindsNothingIssuesNoFence() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16))).containsExactly("opaque load used.idx");
    }

    @Test
    void aSpinIsOpaqueLoadsOfTheIndexAndNoFenceAtAll() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(() -> spin(pair, 100))).isEqualTo(Collections.nCopies(101, "opaque load used.idx"));
    }

    @Test
    void aSpinThatEndsInProgressFencesOnceAfterTheLoadThatShowedIt() {
        pair.driver.offer(pair.parts(1), 1);
        pair.use(0);

        assertThat(recorded.during(() -> spin(pair, 100)))
                .containsExactly("opaque load used.idx", "RMB", "load used.ring[0].id", "load used.ring[0].len");
    }

    @Test
    void theBaselineFencesInFullBeforeEveryLook() {
        RecordedPair baseline = new RecordedPair(RingFormat.SPLIT, BarrierPolicy.BASELINE);
        baseline.pair.driver.offer(pair.parts(1), 1);

        List<String> lines = baseline.during(() -> spin(baseline.pair, 100));

        assertThat(lines).hasSize(202);
        for (int look = 0; look < 101; look++) {
            assertThat(lines.subList(2 * look, 2 * look + 2)).containsExactly("MB", "opaque load used.idx");
        }
    }

    @Test
    void theBaselineStillFencesAfterProgress() {
        RecordedPair baseline = new RecordedPair(RingFormat.SPLIT, BarrierPolicy.BASELINE);
        baseline.pair.driver.offer(pair.parts(1), 1);
        baseline.pair.use(0);

        assertThat(baseline.during(() -> spin(baseline.pair, 100)))
                .containsExactly("MB", "opaque load used.idx", "RMB", "load used.ring[0].id", "load used.ring[0].len");
    }

    @Test
    @Clause("SPLIT-DRV-REARM-RECHECK")
    void armingByFlagStoresThenFencesInFullThenLooksAgain() {
        assertThat(recorded.during(pair.driver::enableCallbacks))
                .containsExactly("opaque store avail.flags", "MB", "opaque load used.idx");
    }

    @Test
    @Clause("SPLIT-DRV-REARM-RECHECK")
    void armingByEventStoresThenFencesInFullThenLooksAgain() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);

        assertThat(byEvent.during(byEvent.pair.driver::enableCallbacks))
                .containsExactly("opaque store avail.used_event", "MB", "opaque load used.idx");
    }

    @Test
    void disarmingIsOneStoreAndNoFence() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);

        assertThat(recorded.during(pair.driver::disableCallbacks)).containsExactly("opaque store avail.flags");
        assertThat(byEvent.during(byEvent.pair.driver::disableCallbacks))
                .containsExactly("opaque store avail.used_event");
    }

    @Test
    void cancellingFencesAfterTheResetWasSeen() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(() -> pair.driver.cancelAll(token -> {}))).containsExactly("RMB");
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-NO-ALTER")
    void nothingOfAChainInFlightIsWrittenUntilItWasUsed() {
        pair.driver.offer(pair.parts(2), 1);

        List<String> later = recorded.during(() -> {
            pair.driver.offer(pair.parts(1), 2);
            pair.driver.kickNeeded();
            pair.driver.poll(IGNORE, 16);
            pair.driver.enableCallbacks();
        });

        assertThat(later)
                .noneMatch(line -> line.startsWith("store desc[0]") || line.startsWith("store desc[1]"))
                .doesNotContain("store avail.ring[0]");
    }

    @Test
    @Clause("SPLIT-SINGLE-WRITER")
    void theDriverNeverStoresIntoTheUsedRing() {
        List<String> lines = recorded.during(() -> {
            pair.driver.offer(pair.parts(2), 1);
            pair.driver.kickNeeded();
            pair.driver.enableCallbacks();
            pair.driver.disableCallbacks();
            pair.driver.poll(IGNORE, 16);
        });

        assertThat(lines).noneMatch(line -> line.contains("store used"));
    }

    @Test
    void theCountersAreTheFencesThatWereIssued() {
        QueueStats before = pair.driver.counters().snapshot();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.addAll(recorded.during(() -> {
                pair.driver.add(pair.parts(1), 1);
                pair.driver.offer(pair.parts(1), 2);
                pair.driver.kickNeeded();
                spin(pair, 10);
            }));
            pair.useAll();
            lines.addAll(recorded.during(() -> {
                spin(pair, 10);
                pair.driver.enableCallbacks();
                pair.driver.disableCallbacks();
            }));
        }
        QueueStats counted = pair.driver.counters().snapshot().minus(before);

        assertThat(counted.get(QueueCounter.WMB)).isEqualTo(20).isEqualTo(Collections.frequency(lines, "WMB"));
        assertThat(counted.get(QueueCounter.RMB)).isEqualTo(20).isEqualTo(Collections.frequency(lines, "RMB"));
        assertThat(counted.get(QueueCounter.MB)).isEqualTo(40).isEqualTo(Collections.frequency(lines, "MB"));
        assertThat(counted.get(QueueCounter.SPINS)).isEqualTo(200);
        assertThat(counted.get(QueueCounter.COMPLETIONS)).isEqualTo(40);
    }

    @Test
    void theFencesOfAPollAreNoneForASpinAndOneForProgress() {
        pair.driver.offer(pair.parts(1), 1);
        spin(pair, 100);
        assertThat(pair.driver.counters().get(QueueCounter.POLL_FENCES)).isZero();

        pair.use(0);
        spin(pair, 100);
        assertThat(pair.driver.counters().get(QueueCounter.POLL_FENCES)).isEqualTo(1);
    }

    @Test
    void theFencesOfABaselinePollAreOneForEachLookAndOneForProgress() {
        RecordedPair baseline = new RecordedPair(RingFormat.SPLIT, BarrierPolicy.BASELINE);
        baseline.pair.driver.offer(pair.parts(1), 1);
        spin(baseline.pair, 100);
        assertThat(baseline.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(101);

        baseline.pair.use(0);
        spin(baseline.pair, 100);
        assertThat(baseline.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(103);
    }

    @Test
    void theTableOfAChainIsWrittenBeforeTheDescriptorThatRefersToIt() {
        RecordedPair indirect = RecordedPair.of(RingFormat.SPLIT, FeatureBits.INDIRECT_DESC);
        BufferChain chain = indirect.pair.parts(2);

        assertThat(indirect.during(() -> indirect.pair.driver.offer(chain, 1)))
                .containsExactly(
                        "store table[0][0].addr",
                        "store table[0][0].len, flags, next",
                        "store table[0][1].addr",
                        "store table[0][1].len, flags, next",
                        "store desc[0].addr",
                        "store desc[0].len, flags, next",
                        "store avail.ring[0]",
                        "WMB",
                        "opaque store avail.idx");
    }

    @Test
    @Clause("SPLIT-DRV-INORDER-BATCH")
    void aBatchOfAnInOrderDeviceIsOneLookOneFenceAndOneElement() {
        RecordedPair inOrder = RecordedPair.of(RingFormat.SPLIT, FeatureBits.IN_ORDER);
        for (int i = 0; i < 3; i++) {
            inOrder.pair.driver.offer(pair.parts(1), i);
        }
        inOrder.pair.useAll();

        assertThat(inOrder.during(
                        () -> assertThat(inOrder.pair.driver.poll(IGNORE, 16)).isEqualTo(3)))
                .containsExactly("opaque load used.idx", "RMB", "load used.ring[0].id", "load used.ring[0].len");
    }
}
