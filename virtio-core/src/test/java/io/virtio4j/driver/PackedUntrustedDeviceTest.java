// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.DeviceLie.SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DeviceLie.InFlight;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RawPackedRing;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What a packed ring's device does after, between and beside its lies, and bytes at random. */
class PackedUntrustedDeviceTest {
    private static final int WRITE = 2;

    private final QueuePair pair = QueuePair.of(RingFormat.PACKED, SIZE);
    private final RawPackedRing raw = pair.rawPacked();
    private final List<Long> tokens = new ArrayList<>();

    private int poll() {
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.poll((token, written) -> tokens.add(token), 16);
        }
        return last;
    }

    @Test
    void whatWasUsedRightlyBeforeTheLieIsStillHandedOut() {
        InFlight inFlight = InFlight.offer(pair);
        raw.use(inFlight.onePart(), 0, 0, 1);
        raw.use(99, 0, 0, 1);

        // The lie is told of by the very poll that took what came before it.
        assertThat(poll()).isEqualTo(DriverQueue.BROKEN);

        assertThat(tokens).containsExactly(102L);
        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(1);
    }

    @Test
    void aListUsedAgainAfterItCameBackBreaksTheQueue() {
        InFlight inFlight = InFlight.offer(pair);
        raw.use(inFlight.writable(), 1, WRITE, 2);
        assertThat(poll()).isZero();

        raw.use(inFlight.writable(), 1, WRITE, 2);

        assertThat(poll()).isEqualTo(DriverQueue.BROKEN);
        assertThat(tokens).containsExactly(100L);
    }

    @Test
    void aLieIsFoundInsideAHandlersOwnPollAndEndsTheOuterOne() {
        InFlight inFlight = InFlight.offer(pair);
        raw.use(inFlight.writable(), 0, 0, 2);
        raw.use(99, 0, 0, 1);
        List<Integer> inner = new ArrayList<>();

        int outer = pair.driver.poll((token, written) -> inner.add(pair.driver.poll((t, w) -> {}, 4)), 4);

        assertThat(inner).containsExactly(DriverQueue.BROKEN);
        assertThat(outer).isEqualTo(1);
        assertThat(pair.driver.poll((token, written) -> {}, 4)).isEqualTo(DriverQueue.BROKEN);
        assertThat(pair.driverErrors).hasSize(1);
    }

    @Test
    void theReasonSaysWhatWasFound() {
        InFlight.offer(pair);
        raw.use(0xFFFE, 7, WRITE, 1);
        poll();

        assertThat(pair.driverErrors.get(0))
                .hasMessageContaining("queue 0")
                .hasMessageContaining("slot 0")
                .hasMessageContaining("65534")
                .hasMessageContaining("7 bytes");
    }

    /** With IN_ORDER the answer stands for all lists before it: those not published can be no part of it. */
    @Test
    void aBatchThatEndsInAnUnpublishedListHandsNothingOut() {
        QueuePair inOrder = QueuePair.of(RingFormat.PACKED, SIZE, FeatureBits.IN_ORDER);
        InFlight.offer(inOrder);
        int unpublished = inOrder.driver.add(inOrder.parts(1), 103);
        inOrder.rawPacked().use(unpublished, 0, 0, 1);

        assertThat(inOrder.driver.poll((token, written) -> tokens.add(token), 16))
                .isEqualTo(DriverQueue.BROKEN);
        assertThat(tokens).isEmpty();
    }

    /** With IN_ORDER the id says how many are used; the driver moves past them all, wherever the device thinks it is. */
    @Test
    @Clause("PACKED-DRV-INORDER-BATCH")
    void aBatchSkipsTheSlotsOfAllItsLists() {
        QueuePair inOrder = QueuePair.of(RingFormat.PACKED, SIZE, FeatureBits.IN_ORDER);
        InFlight inFlight = InFlight.offer(inOrder);
        inOrder.rawPacked().use(inFlight.twoParts(), 0, 0, 4);
        inOrder.rawPacked().use(inFlight.onePart(), 0, 0, 1);

        assertThat(inOrder.poll()).extracting(QueuePair.Used::token).containsExactly(100L, 101L, 102L);
    }

    @Property(tries = 1000)
    void noBytesInTheRingMakeTheDriverThrowOrLoseABuffer(
            @ForAll @Size(max = SIZE) int[] ids,
            @ForAll @Size(max = SIZE) int[] lengths,
            @ForAll @Size(max = SIZE) int[] flags,
            @ForAll @IntRange(max = 1) int inOrder) {
        QueuePair random = inOrder == 1
                ? QueuePair.of(RingFormat.PACKED, SIZE, FeatureBits.IN_ORDER)
                : QueuePair.of(RingFormat.PACKED, SIZE);
        InFlight.offer(random);
        for (int slot = 0; slot < flags.length; slot++) {
            int id = slot < ids.length ? ids[slot] & 7 : slot;
            int length = slot < lengths.length ? lengths[slot] % 64 : 0;
            boolean used = flags[slot] % 4 != 0;
            random.rawPacked()
                    .descriptor(slot, 0, length, id, (flags[slot] & 7) | (used ? 0x8080 : flags[slot] & 0x8080));
        }
        List<Long> home = new ArrayList<>();

        random.driver.poll((token, written) -> home.add(token), 16);
        random.driver.cancelAll(home::add);

        assertThat(home).containsExactlyInAnyOrder(100L, 101L, 102L);
        assertThat(random.driverErrors).hasSizeLessThanOrEqualTo(1);
    }
}
