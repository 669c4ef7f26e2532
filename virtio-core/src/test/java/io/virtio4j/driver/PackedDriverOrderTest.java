// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.Collections;
import java.util.List;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;

/** The exact sequence of accesses and fences on each path of the driver's half of a packed queue. */
class PackedDriverOrderTest {
    private static final UsedHandler IGNORE = (token, written) -> {};

    private final RecordedPair recorded = RecordedPair.of(RingFormat.PACKED);
    private final QueuePair pair = recorded.pair;
    private final RecordedPair byEvent = RecordedPair.of(RingFormat.PACKED, FeatureBits.EVENT_IDX);
    private final RecordedPair inOrder = RecordedPair.of(RingFormat.PACKED, FeatureBits.IN_ORDER);

    private static int spin(QueuePair pair, int spins) {
        return pair.driver.pollUsed(IGNORE, 16, spins, NoOpIdleStrategy.INSTANCE);
    }

    @Test
    @Clause({"PACKED-DRV-FLAGS-BARRIER", "PACKED-DRV-HEAD-LAST", "PACKED-DRV-NO-CHANGE-AFTER-AVAIL"})
    void anOfferWritesEveryDescriptorThenFencesThenTheFlagsOfTheFirst() {
        assertThat(recorded.during(() -> pair.driver.offer(pair.parts(3), 1)))
                .containsExactly(
                        "store desc[0].addr",
                        "store desc[0].len",
                        "store desc[0].id",
                        "store desc[1].addr",
                        "store desc[1].len, id, flags",
                        "store desc[2].addr",
                        "store desc[2].len, id, flags",
                        "WMB",
                        "opaque store desc[0].flags");
    }

    @Test
    @Clause({"PACKED-DRV-BATCH", "PACKED-DRV-HEAD-LAST"})
    void addingIssuesNoFenceAndHoldsBackTheFlagsOfTheVeryFirst() {
        assertThat(recorded.during(() -> {
                    pair.driver.add(pair.parts(1), 1);
                    pair.driver.add(pair.parts(2), 2);
                }))
                .containsExactly(
                        "store desc[0].addr",
                        "store desc[0].len",
                        "store desc[0].id",
                        "store desc[1].addr",
                        "store desc[1].len, id, flags",
                        "store desc[2].addr",
                        "store desc[2].len, id, flags");
    }

    @Test
    @Clause({"PACKED-DRV-BATCH", "PACKED-DRV-FLAGS-BARRIER"})
    void aBatchIsPublishedByOneFenceAndOneStore() {
        pair.driver.add(pair.parts(1), 1);
        pair.driver.add(pair.parts(1), 2);
        pair.driver.add(pair.parts(2), 3);

        assertThat(recorded.during(pair.driver::publish)).containsExactly("WMB", "opaque store desc[0].flags");
    }

    @Test
    void theTableOfAListIsWrittenBeforeTheDescriptorThatRefersToIt() {
        RecordedPair indirect = RecordedPair.of(RingFormat.PACKED, FeatureBits.INDIRECT_DESC);
        BufferChain chain = indirect.pair.parts(2);

        List<String> lines = indirect.during(() -> indirect.pair.driver.offer(chain, 1));

        assertThat(lines)
                .containsExactly(
                        "store table[0][0].addr",
                        "store table[0][0].len, id, flags",
                        "store table[0][1].addr",
                        "store table[0][1].len, id, flags",
                        "store desc[0].addr",
                        "store desc[0].len",
                        "store desc[0].id",
                        "WMB",
                        "opaque store desc[0].flags");
    }

    @Test
    void publishingNothingTouchesNothing() {
        assertThat(recorded.during(pair.driver::publish)).isEmpty();
    }

    @Test
    @Clause({"PACKED-DRV-KICK-BARRIER", "PACKED-DRV-FLAGS-THEN-SUPPRESS-CHECK", "PACKED-DRV-CONSULT-EVENTS"})
    void theKickDecisionFencesInFullAndLoadsTheStructureAtOnce() {
        for (RecordedPair each : List.of(recorded, byEvent)) {
            each.pair.driver.offer(pair.parts(1), 1);

            assertThat(each.during(each.pair.driver::kickNeeded))
                    .containsExactly("MB", "opaque load device.off_wrap, flags");
        }
    }

    @Test
    @Clause({"PACKED-DRV-KICK-BARRIER", "PACKED-DRV-FLAGS-THEN-SUPPRESS-CHECK"})
    void anOfferAndAKickStoreTheFlagsBeforeTheStructureIsLoaded() {
        List<String> lines = recorded.during(() -> {
            pair.driver.offer(pair.parts(1), 1);
            pair.driver.kick(payload -> {});
        });

        assertThat(lines.subList(3, lines.size()))
                .containsExactly("WMB", "opaque store desc[0].flags", "MB", "opaque load device.off_wrap, flags");
    }

    @Test
    void theKickDecisionCostsNothingWhenNothingWasPublished() {
        assertThat(recorded.during(pair.driver::kickNeeded)).isEmpty();
    }

    @Test
    @Clause({"PACKED-DRV-USED-READ-BARRIER", "PACKED-POLL-ONE-SLOT"})
    void aPollFencesBehindEachSetOfFlagsAndLoadsTheRestOnce() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.useAll();

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16)))
                .containsExactly(
                        "opaque load desc[0].flags",
                        "RMB",
                        "load desc[0].len, id, flags",
                        "opaque load desc[1].flags",
                        "RMB",
                        "load desc[1].len, id, flags",
                        "opaque load desc[2].flags");
    }

    @Test
    @Clause("PACKED-DRV-SKIP-BY-LIST")
    void behindAListTheSlotAfterItIsLookedAt() {
        pair.driver.offer(pair.parts(3), 1);
        pair.useAll();

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16)))
                .containsExactly(
                        "opaque load desc[0].flags", "RMB", "load desc[0].len, id, flags", "opaque load desc[3].flags");
    }

    @Test
    @Clause("PACKED-POLL-ONE-SLOT")
    void aPollThatFindsNothingLoadsOneFlagsWordAndIssuesNoFence() {
        pair.driver.offer(pair.parts(3), 1);

        assertThat(recorded.during(() -> pair.driver.poll(IGNORE, 16))).containsExactly("opaque load desc[0].flags");
    }

    @Test
    @Clause("PACKED-DRV-INORDER-BATCH")
    void aBatchOfAnInOrderDeviceIsOneLookOneFenceAndOneLoad() {
        for (int i = 0; i < 3; i++) {
            inOrder.pair.driver.offer(pair.parts(1), i);
        }
        inOrder.pair.useAll();

        assertThat(inOrder.during(
                        () -> assertThat(inOrder.pair.driver.poll(IGNORE, 16)).isEqualTo(3)))
                .containsExactly(
                        "opaque load desc[0].flags", "RMB", "load desc[0].len, id, flags", "opaque load desc[3].flags");
    }

    @Test
    @Clause("PACKED-DRV-INORDER-BATCH")
    void theRestOfABatchCostsNoAccessAtAll() {
        for (int i = 0; i < 3; i++) {
            inOrder.pair.driver.offer(pair.parts(1), i);
        }
        inOrder.pair.useAll();
        inOrder.pair.driver.poll(IGNORE, 1);

        assertThat(inOrder.during(() -> inOrder.pair.driver.poll(IGNORE, 2))).isEmpty();
    }

    @Test
    @Clause("PACKED-POLL-ONE-SLOT")
    void aSpinIsOpaqueLoadsOfOneFlagsWordAndNoFenceAtAll() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(() -> spin(pair, 100)))
                .isEqualTo(Collections.nCopies(101, "opaque load desc[0].flags"));
    }

    @Test
    void theFencesOfAPollAreNoneForASpinAndOneForEachUsedDescriptor() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        spin(pair, 100);
        assertThat(pair.driver.counters().get(QueueCounter.POLL_FENCES)).isZero();
        assertThat(pair.driver.counters().get(QueueCounter.SPINS)).isEqualTo(100);

        pair.useAll();
        spin(pair, 100);
        assertThat(pair.driver.counters().get(QueueCounter.POLL_FENCES)).isEqualTo(2);
        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(2);
    }

    @Test
    void theBaselineFencesInFullBeforeEveryLook() {
        RecordedPair baseline = new RecordedPair(RingFormat.PACKED, BarrierPolicy.BASELINE);
        baseline.pair.driver.offer(pair.parts(1), 1);

        List<String> lines = baseline.during(() -> spin(baseline.pair, 100));

        assertThat(lines).hasSize(202);
        for (int look = 0; look < 101; look++) {
            assertThat(lines.subList(2 * look, 2 * look + 2)).containsExactly("MB", "opaque load desc[0].flags");
        }
        assertThat(baseline.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(101);
    }

    @Test
    @Clause("PACKED-DRV-REARM-RECHECK")
    void armingByFlagsStoresThenFencesInFullThenLooksAgain() {
        assertThat(recorded.during(pair.driver::enableCallbacks))
                .containsExactly("opaque store driver.flags", "MB", "opaque load desc[0].flags");
    }

    @Test
    @Clause({"PACKED-DRV-REARM-RECHECK", "PACKED-EVENT-OFFWRAP-BEFORE-FLAGS"})
    void armingByEventStoresThePositionThenFencesThenTheFlagsThenFencesInFullThenLooksAgain() {
        assertThat(byEvent.during(byEvent.pair.driver::enableCallbacks))
                .containsExactly(
                        "opaque store driver.off_wrap",
                        "WMB",
                        "opaque store driver.flags",
                        "MB",
                        "opaque load desc[0].flags");
    }

    @Test
    void disarmingIsOneStoreAndNoFence() {
        for (RecordedPair each : List.of(recorded, byEvent)) {
            assertThat(each.during(each.pair.driver::disableCallbacks)).containsExactly("opaque store driver.flags");
        }
    }

    @Test
    void cancellingFencesAfterTheResetWasSeen() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(recorded.during(() -> pair.driver.cancelAll(token -> {}))).containsExactly("RMB");
    }

    @Test
    @Clause({"PACKED-DRV-NO-CHANGE-BEFORE-USED", "PACKED-DRV-NO-CHANGE-AFTER-AVAIL", "CORE-DRV-CLEANUP-NO-ALTER"})
    void nothingOfAListInFlightIsWrittenUntilItWasUsed() {
        pair.driver.offer(pair.parts(2), 1);

        List<String> later = recorded.during(() -> {
            pair.driver.offer(pair.parts(1), 2);
            pair.driver.kickNeeded();
            pair.driver.poll(IGNORE, 16);
            pair.driver.enableCallbacks();
            pair.driver.disableCallbacks();
        });

        assertThat(later).noneMatch(line -> line.contains("store desc[0]") || line.contains("store desc[1]"));
    }

    @Test
    void theDriverNeverStoresIntoTheDevicesStructure() {
        List<String> lines = byEvent.during(() -> {
            byEvent.pair.driver.offer(pair.parts(2), 1);
            byEvent.pair.driver.kickNeeded();
            byEvent.pair.driver.enableCallbacks();
            byEvent.pair.driver.disableCallbacks();
            byEvent.pair.driver.poll(IGNORE, 16);
        });

        assertThat(lines).noneMatch(line -> line.contains("store device"));
    }

    /** The flags word as the device left it may change again before the rest is loaded: only the fresh one counts. */
    @Test
    @Clause("PACKED-DRV-USED-READ-BARRIER")
    void whatAUsedDescriptorSaysIsLoadedOnceBehindTheFence() {
        pair.driver.offer(pair.writable(8), 1);
        pair.use(8);

        List<String> lines = recorded.during(() -> pair.driver.poll(IGNORE, 1));

        assertThat(lines.subList(lines.indexOf("RMB"), lines.size()))
                .containsExactly("RMB", "load desc[0].len, id, flags");
    }

    @Test
    @Clause("PACKED-WRAP-INIT")
    void aListThatPassesTheLastSlotGoesOnInTheFirst() {
        pair.runTo(3);

        assertThat(recorded.during(() -> pair.driver.offer(pair.parts(2), 1)))
                .containsExactly(
                        "store desc[3].addr",
                        "store desc[3].len",
                        "store desc[3].id",
                        "store desc[0].addr",
                        "store desc[0].len, id, flags",
                        "WMB",
                        "opaque store desc[3].flags");
    }
}
