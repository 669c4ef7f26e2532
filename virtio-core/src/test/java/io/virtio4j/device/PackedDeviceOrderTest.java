// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The exact sequence of accesses and fences on each path of the device's half of a packed queue. */
class PackedDeviceOrderTest {
    private final RecordedPair recorded = RecordedPair.of(RingFormat.PACKED);
    private final QueuePair pair = recorded.pair;
    private final RecordedPair byEvent = RecordedPair.of(RingFormat.PACKED, FeatureBits.EVENT_IDX);

    @Test
    @Clause({"PACKED-DEV-AVAIL-READ-BARRIER", "PACKED-DEV-LIST-ORDER"})
    void takingLoadsTheFlagsThenFencesThenLoadsEachDescriptorOnce() {
        pair.driver.offer(pair.parts(2), 1);

        assertThat(recorded.during(pair.device::next))
                .containsExactly(
                        "opaque load desc[0].flags",
                        "RMB",
                        "load desc[0].addr",
                        "load desc[0].len, id, flags",
                        "load desc[1].addr",
                        "load desc[1].len, id, flags");
    }

    @Test
    @Clause("PACKED-DEV-AVAIL-READ-BARRIER")
    void eachListIsLoadedBehindAFenceOfItsOwn() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.device.next();

        assertThat(recorded.during(pair.device::next))
                .containsExactly(
                        "opaque load desc[1].flags", "RMB", "load desc[1].addr", "load desc[1].len, id, flags");
    }

    @Test
    @Clause("PACKED-DEV-AVAIL-READ-BARRIER")
    void aTableIsLoadedBehindTheFenceToo() {
        RecordedPair indirect = RecordedPair.of(RingFormat.PACKED, FeatureBits.INDIRECT_DESC);
        indirect.pair.driver.offer(indirect.pair.parts(2), 1);

        assertThat(indirect.during(indirect.pair.device::next))
                .containsExactly(
                        "opaque load desc[0].flags",
                        "RMB",
                        "load desc[0].addr",
                        "load desc[0].len, id, flags",
                        "load table[0][0].addr",
                        "load table[0][0].len, id, flags",
                        "load table[0][1].addr",
                        "load table[0][1].len, id, flags");
    }

    @Test
    @Clause("PACKED-POLL-ONE-SLOT")
    void lookingAtAnEmptyQueueLoadsOneFlagsWordAndIssuesNoFence() {
        assertThat(recorded.during(pair.device::next)).containsExactly("opaque load desc[0].flags");
    }

    @Test
    @Clause("PACKED-DEV-ONE-USED-PER-LIST")
    void completingWritesOneDescriptorForTheListAndIssuesNoFence() {
        pair.driver.offer(pair.parts(2), 1);
        pair.driver.offer(pair.parts(2), 2);
        int first = pair.device.next();
        int second = pair.device.next();

        assertThat(recorded.during(() -> pair.device.complete(first, 0)))
                .containsExactly("store desc[0].len", "store desc[0].id");
        assertThat(recorded.during(() -> pair.device.complete(second, 0)))
                .containsExactly("store desc[2].len, id, flags");
    }

    @Test
    @Clause("PACKED-DEV-USED-FLAGS-RELEASE")
    void publishingFencesBehindDataAndDescriptorsAndThenStoresTheFlags() {
        pair.driver.offer(new BufferChain(1).addWritable(pair.buffer(8)), 1);

        List<String> lines = recorded.during(() -> {
            int handle = pair.device.next();
            pair.device.chain(handle).putLe32(0, 42);
            pair.device.complete(handle, 8);
            pair.device.publish();
        });

        assertThat(lines.subList(lines.size() - 5, lines.size()))
                .containsExactly(
                        "store payload", "store desc[0].len", "store desc[0].id", "WMB", "opaque store desc[0].flags");
    }

    @Test
    @Clause({"PACKED-DEV-MULTIBUF-FIRST-LAST", "PACKED-DEV-USED-FLAGS-RELEASE"})
    void aBatchIsPublishedByOneFenceAndTheFlagsOfItsFirst() {
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
        }
        for (int i = 0; i < 3; i++) {
            pair.device.complete(pair.device.next(), 0);
        }

        assertThat(recorded.during(pair.device::publish)).containsExactly("WMB", "opaque store desc[0].flags");
    }

    @Test
    @Clause("PACKED-DEV-INORDER-BATCH")
    void aBatchOfAnInOrderDeviceStaysInItsFirstSlot() {
        RecordedPair inOrder = RecordedPair.of(RingFormat.PACKED, FeatureBits.IN_ORDER);
        for (int i = 0; i < 3; i++) {
            inOrder.pair.driver.offer(pair.parts(1), i);
        }
        for (int i = 0; i < 3; i++) {
            int handle = inOrder.pair.device.next();
            assertThat(inOrder.during(() -> inOrder.pair.device.complete(handle, 0)))
                    .containsExactly("store desc[0].len", "store desc[0].id");
        }

        assertThat(inOrder.during(inOrder.pair.device::publish)).containsExactly("WMB", "opaque store desc[0].flags");
    }

    @Test
    void publishingNothingTouchesNothing() {
        assertThat(recorded.during(pair.device::publish)).isEmpty();
    }

    @Test
    @Clause({"PACKED-DEV-IRQ-BARRIER", "PACKED-DEV-CONSULT-EVENTS"})
    void theCallDecisionFencesInFullAndLoadsTheStructureAtOnce() {
        for (RecordedPair each : List.of(recorded, byEvent)) {
            each.pair.driver.offer(pair.parts(1), 1);
            each.pair.use(0);

            assertThat(each.during(each.pair.device::callNeeded))
                    .containsExactly("MB", "opaque load driver.off_wrap, flags");
        }
    }

    @Test
    void theCallDecisionCostsNothingWhenNothingWasPublished() {
        assertThat(recorded.during(pair.device::callNeeded)).isEmpty();
    }

    @Test
    @Clause("PACKED-DEV-IRQ-BARRIER")
    void aFlushPublishesBeforeItAsksWhetherToCall() {
        pair.driver.offer(pair.parts(1), 1);
        pair.device.complete(pair.device.next(), 0);

        assertThat(recorded.during(pair.device::flush))
                .containsExactly("WMB", "opaque store desc[0].flags", "MB", "opaque load driver.off_wrap, flags");
    }

    @Test
    @Clause("PACKED-DEV-REARM-RECHECK")
    void armingByFlagsStoresThenFencesInFullThenLooksAgain() {
        assertThat(recorded.during(pair.device::enableNotifications))
                .containsExactly("opaque store device.flags", "MB", "opaque load desc[0].flags");
    }

    @Test
    @Clause({"PACKED-DEV-REARM-RECHECK", "PACKED-EVENT-OFFWRAP-BEFORE-FLAGS"})
    void armingByEventStoresThePositionThenFencesThenTheFlagsThenFencesInFullThenLooksAgain() {
        assertThat(byEvent.during(byEvent.pair.device::enableNotifications))
                .containsExactly(
                        "opaque store device.off_wrap",
                        "WMB",
                        "opaque store device.flags",
                        "MB",
                        "opaque load desc[0].flags");
    }

    @Test
    void disarmingIsOneStoreAndNoFence() {
        for (RecordedPair each : List.of(recorded, byEvent)) {
            assertThat(each.during(each.pair.device::disableNotifications))
                    .containsExactly("opaque store device.flags");
        }
    }

    @Test
    void theDeviceNeverStoresIntoTheDriversStructureNorAnAddress() {
        byEvent.pair.driver.offer(pair.parts(2), 1);

        List<String> lines = byEvent.during(() -> {
            byEvent.pair.device.disableNotifications();
            byEvent.pair.device.complete(byEvent.pair.device.next(), 0);
            byEvent.pair.device.flush();
            byEvent.pair.device.enableNotifications();
        });

        assertThat(lines).noneMatch(line -> line.contains("store driver") || line.matches("store .*addr"));
    }

    @Test
    void eachDescriptorIsLoadedOnce() {
        pair.driver.offer(pair.parts(3), 1);

        List<String> lines = recorded.during(() -> {
            pair.device.complete(pair.device.next(), 0);
            pair.device.flush();
        });

        assertThat(lines).filteredOn(line -> line.startsWith("load")).doesNotHaveDuplicates();
    }

    @Test
    @Clause({"PACKED-DEV-NO-READ-WRITABLE", "PACKED-DEV-NO-WRITE-READABLE"})
    void theQueueItselfTouchesNoBuffer() {
        pair.driver.offer(new BufferChain(2).addReadable(pair.buffer(8)).addWritable(pair.buffer(8)), 1);

        List<String> lines = recorded.during(() -> {
            pair.device.complete(pair.device.next(), 8);
            pair.device.flush();
        });

        assertThat(lines).noneMatch(line -> line.contains("payload"));
    }

    @Test
    @Clause("PACKED-DEV-NO-CHANGE-AFTER-USED")
    void aPublishedDescriptorIsNotStoredToAgain() {
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.use(0);

        List<String> later = recorded.during(() -> {
            pair.use(0);
            pair.device.callNeeded();
            pair.device.next();
            pair.device.enableNotifications();
        });

        assertThat(later).noneMatch(line -> line.contains("store desc[0]"));
    }

    @Test
    void completionsAreCountedByPublishingThem() {
        for (int i = 0; i < 20; i++) {
            pair.driver.offer(pair.parts(1), 1);
            pair.driver.offer(pair.parts(1), 2);
            pair.useAll();
            pair.poll();
        }

        assertThat(pair.device.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(40);
    }
}
