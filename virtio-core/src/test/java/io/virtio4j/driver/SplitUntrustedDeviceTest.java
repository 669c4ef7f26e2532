// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.DeviceLie.SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DeviceLie.InFlight;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What a split ring's device does after, between and beside its lies, and bytes at random. */
class SplitUntrustedDeviceTest {
    private final List<Long> tokens = new ArrayList<>();

    private QueuePair threeInFlight() {
        return InFlight.offer(QueuePair.split(SIZE)).pair();
    }

    private int poll(QueuePair pair) {
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.poll((token, written) -> tokens.add(token), 16);
        }
        return last;
    }

    @Test
    void whatWasUsedRightlyBeforeTheLieIsStillHandedOut() {
        QueuePair pair = QueuePair.split(SIZE);
        InFlight lie = InFlight.offer(pair);
        pair.rawSplit().use(lie.onePart(), 0);
        pair.rawSplit().use(99, 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);

        assertThat(tokens).containsExactly(102L);
        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(1);
    }

    @Test
    void aChainUsedAgainAfterItCameBackBreaksTheQueue() {
        QueuePair pair = QueuePair.split(SIZE);
        InFlight lie = InFlight.offer(pair);
        pair.rawSplit().use(lie.writable(), 1);
        assertThat(poll(pair)).isZero();

        pair.rawSplit().use(lie.writable(), 1);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);
        assertThat(tokens).containsExactly(100L);
    }

    @Test
    void aChainThatWasAddedAndNotPublishedCannotBeUsed() {
        QueuePair pair = threeInFlight();
        int head = pair.driver.add(pair.parts(1), 103);
        pair.rawSplit().use(head, 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);

        assertThat(tokens).isEmpty();
    }

    @Test
    void anIndexThatCoversUnpublishedChainsBreaksTheQueue() {
        QueuePair pair = QueuePair.split(SIZE);
        pair.driver.add(pair.parts(1), 1);
        pair.rawSplit().use(0, 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    void aLieIsFoundInsideAHandlersOwnPoll() {
        QueuePair pair = QueuePair.split(SIZE);
        InFlight lie = InFlight.offer(pair);
        pair.rawSplit().use(lie.writable(), 0);
        pair.rawSplit().use(99, 0);
        List<Integer> inner = new ArrayList<>();

        pair.driver.poll((token, written) -> inner.add(pair.driver.poll((t, w) -> {}, 4)), 4);

        assertThat(inner).containsExactly(DriverQueue.BROKEN);
        assertThat(pair.driverErrors).hasSize(1);
    }

    @Test
    void theReasonSaysWhatWasFound() {
        QueuePair pair = threeInFlight();
        pair.rawSplit().use(-2, 7);
        poll(pair);

        assertThat(pair.driverErrors.get(0))
                .hasMessageContaining("queue 0")
                .hasMessageContaining("4294967294")
                .hasMessageContaining("7 bytes");
    }

    @Property(tries = 1000)
    void noBytesInTheUsedRingMakeTheDriverThrowOrLoseABuffer(
            @ForAll @IntRange(max = 0xFFFF) int idx, @ForAll int[] ids, @ForAll int[] lengths) {
        QueuePair pair = threeInFlight();
        for (int slot = 0; slot < SIZE; slot++) {
            pair.rawSplit()
                    .usedElement(
                            slot,
                            slot < ids.length ? ids[slot] % 16 : slot,
                            slot < lengths.length ? lengths[slot] % 64 : 0);
        }
        pair.rawSplit().usedIdx(idx % 6 == 0 ? idx : idx % 6);
        List<Long> home = new ArrayList<>();

        pair.driver.poll((token, written) -> home.add(token), 16);
        pair.driver.cancelAll(home::add);

        assertThat(home).containsExactlyInAnyOrder(100L, 101L, 102L);
        assertThat(pair.driverErrors).hasSizeLessThanOrEqualTo(1);
    }

    /** The chains before the one named would be taken for written in full, which the index does not cover. */
    @Test
    void aBatchThatClaimsMoreThanTheIndexShowsHandsNothingOut() {
        QueuePair pair = QueuePair.of(RingFormat.SPLIT, SIZE, FeatureBits.IN_ORDER);
        InFlight lie = InFlight.offer(pair);
        pair.rawSplit().use(lie.onePart(), 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);
        assertThat(tokens).isEmpty();
    }
}
