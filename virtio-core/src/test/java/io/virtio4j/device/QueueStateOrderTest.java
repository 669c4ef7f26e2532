// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The exact sequence of accesses and fences when a queue stops and another goes on where it stood.
 *
 * <p>The one who stops publishes (B) and leaves the ring alone. The one who goes on has not seen an index of the driver's for
 * the chains that were in hand: being handed the state is the sight of progress, and A' comes after it, before their
 * descriptors and data. That the state itself arrives whole is the business of whatever carries it.
 */
class QueueStateOrderTest {
    private static final int PACKED_START = 1 << 15;

    private int calls;

    private static String used(RingFormat format) {
        return format == RingFormat.PACKED ? "opaque store desc[0].flags" : "opaque store used.idx";
    }

    private DeviceQueue resume(QueuePair pair, QueueState state) {
        return DeviceQueue.resume(pair.config, pair.guest, state, queueIndex -> calls++, pair.deviceErrors::add);
    }

    /** The lines of a step, with the fences that the queue counted compared with those that it issued. */
    private static List<String> during(RecordedPair recorded, DeviceQueue queue, Runnable step) {
        var before = queue.counters().snapshot();
        List<String> lines = recorded.memory.during(step);
        var counted = queue.counters().snapshot().minus(before);
        for (QueueCounter fence : List.of(QueueCounter.WMB, QueueCounter.RMB, QueueCounter.MB)) {
            assertThat(counted.get(fence))
                    .as("%s counted, of %s", fence, lines)
                    .isEqualTo(Collections.frequency(lines, fence.name()));
        }
        return lines;
    }

    // --- stop --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aStopWithNothingToShowTouchesNothing(RingFormat format) {
        RecordedPair recorded = RecordedPair.of(format);
        recorded.pair.driver.offer(recorded.pair.parts(2), 1);
        recorded.pair.device.next();

        assertThat(recorded.during(recorded.pair.device::stop)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aStopPublishesWhatIsCompleteAndDoesNotAskWhetherToCall(RingFormat format) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.device.complete(pair.device.next(), 0);
        pair.device.next();
        QueueState[] state = new QueueState[1];

        // B, and nothing behind it: whether to call (D) is left to the one who goes on, and the state says so.
        assertThat(recorded.during(() -> state[0] = pair.device.stop())).containsExactly("WMB", used(format));
        assertThat(state[0].callPending()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aQueueThatWasStoppedTouchesNothingAnyMore(RingFormat format) {
        RecordedPair recorded = RecordedPair.of(format, FeatureBits.EVENT_IDX);
        DeviceQueue device = recorded.pair.device;
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        recorded.pair.driver.offer(recorded.pair.parts(1), 2);
        int inHand = device.next();
        device.stop();

        assertThat(recorded.during(() -> {
                    device.complete(inHand, 0);
                    device.flush();
                    assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);
                    device.enableNotifications();
                    device.disableNotifications();
                }))
                .isEmpty();
    }

    // --- resume ------------------------------------------------------------------------------------------------

    /** Its table is not overwritten before the chain is used: the descriptors are loaded again, behind the fence. */
    @Test
    void aSplitQueueLoadsTheDescriptorsOfAChainInHandAgainBehindAFence() {
        RecordedPair recorded = RecordedPair.of(RingFormat.SPLIT);
        QueuePair pair = recorded.pair;
        for (int token = 0; token < 3; token++) {
            pair.driver.offer(pair.parts(1), token);
        }
        pair.device.next();
        pair.device.next();
        QueueState state = pair.device.stop();
        List<DeviceQueue> made = new ArrayList<>();

        assertThat(recorded.memory.during(() -> made.add(resume(pair, state)))).isEmpty();
        DeviceQueue next = made.get(0);
        assertThat(during(recorded, next, next::next))
                .containsExactly("RMB", "load desc[0].addr", "load desc[0].len, flags, next");
        assertThat(during(recorded, next, next::next))
                .containsExactly("RMB", "load desc[1].addr", "load desc[1].len, flags, next");
        assertThat(during(recorded, next, next::next))
                .containsExactly(
                        "opaque load avail.idx",
                        "RMB",
                        "load avail.ring[2]",
                        "load desc[2].addr",
                        "load desc[2].len, flags, next");
    }

    /** Its slots may hold used descriptors by now: the state has the parts, and what the fence orders is their data. */
    @Test
    void aPackedQueueTakesAChainInHandFromTheStateBehindAFence() {
        RecordedPair recorded = RecordedPair.of(RingFormat.PACKED);
        QueuePair pair = recorded.pair;
        for (int token = 0; token < 3; token++) {
            pair.driver.offer(pair.parts(1), token);
        }
        pair.device.next();
        pair.device.next();
        QueueState state = pair.device.stop();
        List<DeviceQueue> made = new ArrayList<>();

        assertThat(recorded.memory.during(() -> made.add(resume(pair, state)))).isEmpty();
        DeviceQueue next = made.get(0);
        assertThat(during(recorded, next, next::next)).containsExactly("RMB");
        assertThat(during(recorded, next, next::next)).containsExactly("RMB");
        assertThat(during(recorded, next, next::next))
                .containsExactly(
                        "opaque load desc[2].flags", "RMB", "load desc[2].addr", "load desc[2].len, id, flags");
    }

    @Test
    void aSplitTableIsLoadedAgainBehindTheFenceToo() {
        RecordedPair recorded = RecordedPair.of(RingFormat.SPLIT, FeatureBits.INDIRECT_DESC);
        QueuePair pair = recorded.pair;
        pair.driver.offer(pair.parts(2), 1);
        pair.device.next();
        DeviceQueue next = resume(pair, pair.device.stop());

        assertThat(during(recorded, next, next::next))
                .containsExactly(
                        "RMB",
                        "load desc[0].addr",
                        "load desc[0].len, flags, next",
                        "load table[0][0].addr",
                        "load table[0][0].len, flags, next",
                        "load table[0][1].addr",
                        "load table[0][1].len, flags, next");
    }

    /** A state of another program's may name the table instead of what stands in it. */
    @Test
    void aPackedTableThatAStateNamesIsLoadedBehindTheFence() {
        RecordedPair recorded = RecordedPair.of(RingFormat.PACKED, FeatureBits.INDIRECT_DESC);
        QueuePair pair = recorded.pair;
        int id = pair.driver.offer(pair.parts(2), 1);
        Part table = new Part(pair.tableAddress, 2 * 16, DescFlags.INDIRECT);
        DeviceQueue next = resume(
                pair,
                new QueueState(
                        RingFormat.PACKED,
                        RecordedPair.SIZE,
                        PACKED_START + 1,
                        PACKED_START,
                        false,
                        List.of(new Taken(id, 1, Taken.IN_HAND, List.of(table)))));

        assertThat(id).isZero();
        assertThat(during(recorded, next, next::next))
                .containsExactly(
                        "RMB",
                        "load table[0][0].addr",
                        "load table[0][0].len, id, flags",
                        "load table[0][1].addr",
                        "load table[0][1].len, id, flags");
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void theOneWhoGoesOnAsksForTheOneWhoStoppedWhetherToCall(RingFormat format) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        pair.driver.offer(pair.parts(1), 1);
        pair.device.complete(pair.device.next(), 0);
        DeviceQueue next = resume(pair, pair.device.stop());
        String wish = format == RingFormat.PACKED ? "opaque load driver.off_wrap, flags" : "opaque load avail.flags";

        // D: what the other has published before the wish. Its B came before the state.
        assertThat(during(recorded, next, next::flush)).containsExactly("MB", wish);
        assertThat(calls).isEqualTo(1);
        assertThat(during(recorded, next, next::flush)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aChainInHandIsUsedAsAnyOther(RingFormat format) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        pair.driver.offer(pair.parts(1), 1);
        pair.device.next();
        QueueState state = pair.device.stop();
        DeviceQueue next = resume(pair, state);
        int handle = next.next();
        List<String> element = format == RingFormat.PACKED
                ? List.of("store desc[0].len", "store desc[0].id")
                : List.of("store used.ring[0].id");

        assertThat(state.callPending()).isFalse();
        assertThat(during(recorded, next, () -> next.complete(handle, 0))).isEqualTo(element);
        assertThat(during(recorded, next, next::publish)).containsExactly("WMB", used(format));
    }
}
