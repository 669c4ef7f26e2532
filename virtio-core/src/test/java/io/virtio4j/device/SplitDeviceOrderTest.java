// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
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
import org.junit.jupiter.api.Test;

/** The exact sequence of accesses and fences on each path of the device's half. */
class SplitDeviceOrderTest {
    private final RecordedPair recorded = RecordedPair.of(RingFormat.SPLIT);
    private final QueuePair pair = recorded.pair;

    @Test
    @Clause("SPLIT-DEV-AVAIL-READ-BARRIER")
    void takingLoadsTheIndexThenFencesThenLoadsSlotAndDescriptors() {
        pair.driver.offer(pair.parts(2), 1);

        assertThat(recorded.during(pair.device::next))
                .containsExactly(
                        "opaque load avail.idx",
                        "RMB",
                        "load avail.ring[0]",
                        "load desc[0].addr",
                        "load desc[0].len, flags, next",
                        "load desc[1].addr",
                        "load desc[1].len, flags, next");
    }

    @Test
    @Clause("SPLIT-DEV-AVAIL-READ-BARRIER")
    void theSlotsOfABatchAreLoadedBehindOneFence() {
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
        }

        assertThat(recorded.during(pair.device::next))
                .containsExactly(
                        "opaque load avail.idx",
                        "RMB",
                        "load avail.ring[0]",
                        "load avail.ring[1]",
                        "load avail.ring[2]",
                        "load desc[0].addr",
                        "load desc[0].len, flags, next");
        assertThat(recorded.during(pair.device::next))
                .containsExactly("load desc[1].addr", "load desc[1].len, flags, next");
    }

    @Test
    void lookingAtAnEmptyQueueIssuesNoFence() {
        assertThat(recorded.during(pair.device::next)).containsExactly("opaque load avail.idx");
    }

    @Test
    void completingWritesTheElementAndIssuesNoFence() {
        pair.driver.offer(pair.writable(8), 1);
        int handle = pair.device.next();

        assertThat(recorded.during(() -> pair.device.complete(handle, 8))).containsExactly("store used.ring[0].id");
    }

    @Test
    @Clause({"SPLIT-DEV-USED-IDX-RELEASE", "SPLIT-DEV-USED-LEN-BEFORE-IDX", "SPLIT-DEV-USED-DATA-BEFORE-IDX"})
    void publishingFencesBehindDataAndElementsAndThenStoresTheIndex() {
        pair.driver.offer(new BufferChain(1).addWritable(pair.buffer(8)), 1);

        List<String> lines = recorded.during(() -> {
            int handle = pair.device.next();
            pair.device.chain(handle).putLe32(0, 42);
            pair.device.complete(handle, 8);
            pair.device.publish();
        });

        assertThat(lines.subList(lines.size() - 4, lines.size()))
                .containsExactly("store payload", "store used.ring[0].id", "WMB", "opaque store used.idx");
    }

    @Test
    void aBatchIsPublishedByOneFenceAndOneIndex() {
        for (int i = 0; i < 3; i++) {
            pair.driver.offer(pair.parts(1), i);
        }
        for (int i = 0; i < 3; i++) {
            pair.device.complete(pair.device.next(), 0);
        }

        assertThat(recorded.during(pair.device::publish)).containsExactly("WMB", "opaque store used.idx");
    }

    @Test
    void publishingNothingTouchesNothing() {
        assertThat(recorded.during(pair.device::publish)).isEmpty();
    }

    @Test
    @Clause("SPLIT-DEV-IRQ-BARRIER")
    void theCallDecisionFencesInFullBeforeItLoadsTheFlag() {
        pair.driver.offer(pair.parts(1), 1);
        pair.use(0);

        assertThat(recorded.during(pair.device::callNeeded)).containsExactly("MB", "opaque load avail.flags");
    }

    @Test
    @Clause("SPLIT-DEV-IRQ-BARRIER")
    void theCallDecisionFencesInFullBeforeItLoadsTheEvent() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);
        byEvent.pair.driver.offer(pair.parts(1), 1);
        byEvent.pair.use(0);

        assertThat(byEvent.during(byEvent.pair.device::callNeeded))
                .containsExactly("MB", "opaque load avail.used_event");
    }

    @Test
    void theCallDecisionCostsNothingWhenNothingWasPublished() {
        assertThat(recorded.during(pair.device::callNeeded)).isEmpty();
    }

    @Test
    @Clause("SPLIT-DEV-IRQ-BARRIER")
    void aFlushPublishesBeforeItAsksWhetherToCall() {
        pair.driver.offer(pair.parts(1), 1);
        pair.device.complete(pair.device.next(), 0);

        assertThat(recorded.during(pair.device::flush))
                .containsExactly("WMB", "opaque store used.idx", "MB", "opaque load avail.flags");
    }

    @Test
    @Clause("SPLIT-DEV-REARM-RECHECK")
    void armingByFlagStoresThenFencesInFullThenLooksAgain() {
        assertThat(recorded.during(pair.device::enableNotifications))
                .containsExactly("opaque store used.flags", "MB", "opaque load avail.idx");
    }

    @Test
    @Clause("SPLIT-DEV-REARM-RECHECK")
    void armingByEventStoresThenFencesInFullThenLooksAgain() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);

        assertThat(byEvent.during(byEvent.pair.device::enableNotifications))
                .containsExactly("opaque store used.avail_event", "MB", "opaque load avail.idx");
    }

    @Test
    void disarmingIsOneStoreAndNoFence() {
        RecordedPair byEvent = RecordedPair.of(RingFormat.SPLIT, FeatureBits.EVENT_IDX);

        assertThat(recorded.during(pair.device::disableNotifications)).containsExactly("opaque store used.flags");
        assertThat(byEvent.during(byEvent.pair.device::disableNotifications))
                .containsExactly("opaque store used.avail_event");
    }

    @Test
    @Clause({"SPLIT-SINGLE-WRITER", "SPLIT-DEV-NO-WRITE-DESC"})
    void theDeviceStoresIntoTheUsedRingOnly() {
        pair.driver.offer(pair.parts(2), 1);

        List<String> lines = recorded.during(() -> {
            pair.device.disableNotifications();
            pair.device.complete(pair.device.next(), 0);
            pair.device.flush();
            pair.device.enableNotifications();
        });

        assertThat(lines).noneMatch(line -> line.contains("store") && !line.contains("used."));
    }

    @Test
    void eachDescriptorAndSlotIsLoadedOnce() {
        pair.driver.offer(pair.parts(3), 1);

        List<String> lines = recorded.during(() -> {
            DescriptorChain chain = pair.device.chain(pair.device.next());
            pair.device.complete(chain.handle(), 0);
            pair.device.flush();
        });

        assertThat(lines).filteredOn(line -> line.startsWith("load")).doesNotHaveDuplicates();
    }

    @Test
    void theCountersAreTheFencesThatWereIssued() {
        QueueStats before = pair.device.counters().snapshot();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pair.driver.offer(pair.parts(1), 1);
            pair.driver.offer(pair.parts(1), 2);
            lines.addAll(recorded.during(() -> {
                pair.device.complete(pair.device.next(), 0);
                pair.device.complete(pair.device.next(), 0);
                pair.device.next();
                pair.device.flush();
                pair.device.enableNotifications();
                pair.device.disableNotifications();
            }));
            pair.poll();
        }
        QueueStats counted = pair.device.counters().snapshot().minus(before);

        assertThat(counted.get(QueueCounter.WMB)).isEqualTo(20).isEqualTo(Collections.frequency(lines, "WMB"));
        assertThat(counted.get(QueueCounter.RMB)).isEqualTo(20).isEqualTo(Collections.frequency(lines, "RMB"));
        assertThat(counted.get(QueueCounter.MB)).isEqualTo(40).isEqualTo(Collections.frequency(lines, "MB"));
        assertThat(counted.get(QueueCounter.COMPLETIONS)).isEqualTo(40);
    }

    @Test
    @Clause("SPLIT-DEV-AVAIL-READ-BARRIER")
    void aTableIsLoadedBehindTheFenceToo() {
        RecordedPair indirect = RecordedPair.of(RingFormat.SPLIT, FeatureBits.INDIRECT_DESC);
        indirect.pair.driver.offer(indirect.pair.parts(2), 1);

        assertThat(indirect.during(indirect.pair.device::next))
                .containsExactly(
                        "opaque load avail.idx",
                        "RMB",
                        "load avail.ring[0]",
                        "load desc[0].addr",
                        "load desc[0].len, flags, next",
                        "load table[0][0].addr",
                        "load table[0][0].len, flags, next",
                        "load table[0][1].addr",
                        "load table[0][1].len, flags, next");
    }

    @Test
    @Clause("SPLIT-DEV-INORDER-BATCH")
    void aBatchOfAnInOrderDeviceStaysInItsFirstElement() {
        RecordedPair inOrder = RecordedPair.of(RingFormat.SPLIT, FeatureBits.IN_ORDER);
        for (int i = 0; i < 3; i++) {
            inOrder.pair.driver.offer(pair.parts(1), i);
        }
        for (int i = 0; i < 3; i++) {
            int handle = inOrder.pair.device.next();
            assertThat(inOrder.during(() -> inOrder.pair.device.complete(handle, 0)))
                    .containsExactly("store used.ring[0].id");
        }

        assertThat(inOrder.during(inOrder.pair.device::publish)).containsExactly("WMB", "opaque store used.idx");
    }

    @Test
    @Clause("SPLIT-DEV-NO-READ-WRITABLE")
    void theQueueItselfTouchesNoBuffer() {
        pair.driver.offer(new BufferChain(2).addReadable(pair.buffer(8)).addWritable(pair.buffer(8)), 1);

        List<String> lines = recorded.during(() -> {
            pair.device.complete(pair.device.next(), 8);
            pair.device.flush();
        });

        assertThat(lines).noneMatch(line -> line.contains("payload"));
    }
}
