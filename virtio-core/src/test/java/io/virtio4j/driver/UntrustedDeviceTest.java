// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a device writes into the used ring, the driver throws nothing, says BROKEN from then on, tells its error
 * handler once, and gets every buffer back by cancelling.
 */
class UntrustedDeviceTest {
    private static final int SIZE = 8;
    private static final int RESPONSE_BYTES = 50;

    private final List<Long> tokens = new ArrayList<>();

    /** Three chains in flight, by their heads: one with a writable part, one of two readable parts, one of one. */
    private record Lie(QueuePair pair, int writable, int twoParts, int onePart) {}

    static Stream<Named<Consumer<Lie>>> lies() {
        return Stream.of(
                lie("an id behind the last descriptor", l -> l.pair.rawSplit().use(SIZE, 0)),
                lie(
                        "an id of 65536 more than one in flight",
                        l -> l.pair.rawSplit().use(l.writable + 0x1_0000, 0)),
                lie("the largest positive id", l -> l.pair.rawSplit().use(Integer.MAX_VALUE, 0)),
                lie("a negative id", l -> l.pair.rawSplit().use(-1, 0)),
                lie("the smallest id", l -> l.pair.rawSplit().use(Integer.MIN_VALUE, 0)),
                lie("an id that was never offered", l -> l.pair.rawSplit().use(7, 0)),
                lie("the second descriptor of a chain", l -> l.pair.rawSplit().use(l.twoParts + 1, 0)),
                lie(
                        "one byte more than the chain can take",
                        l -> l.pair.rawSplit().use(l.writable, RESPONSE_BYTES + 1)),
                lie(
                        "one byte written to a chain of readable parts",
                        l -> l.pair.rawSplit().use(l.twoParts, 1)),
                lie("2^31 bytes written", l -> l.pair.rawSplit().use(l.writable, Integer.MIN_VALUE)),
                lie("2^32 - 1 bytes written", l -> l.pair.rawSplit().use(l.writable, -1)),
                lie(
                        "an index one beyond what is in flight",
                        l -> l.pair.rawSplit().usedIdx(4)),
                lie("an index far ahead", l -> l.pair.rawSplit().usedIdx(0x8000)),
                lie("an index one step back", l -> l.pair.rawSplit().usedIdx(0xFFFF)),
                lie(
                        "an index that moves on over old elements",
                        l -> l.pair.rawSplit().usedIdx(3)),
                lie("a chain used twice in one batch", l -> {
                    l.pair.rawSplit().use(l.writable, 0);
                    l.pair.rawSplit().use(l.writable, 0);
                }));
    }

    private static Named<Consumer<Lie>> lie(String name, Consumer<Lie> write) {
        return Named.of(name, write);
    }

    private QueuePair threeInFlight() {
        return offerThree(QueuePair.split(SIZE));
    }

    private Lie offerLie(QueuePair pair) {
        BufferChain request = new BufferChain(2).addReadable(pair.buffer(4)).addWritable(pair.buffer(RESPONSE_BYTES));
        return new Lie(
                pair,
                pair.driver.offer(request, 100),
                pair.driver.offer(pair.parts(2), 101),
                pair.driver.offer(pair.parts(1), 102));
    }

    private QueuePair offerThree(QueuePair pair) {
        offerLie(pair);
        return pair;
    }

    private Lie tell(Consumer<Lie> write) {
        Lie lie = offerLie(QueuePair.split(SIZE));
        write.accept(lie);
        return lie;
    }

    private int poll(QueuePair pair) {
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.poll((token, written) -> tokens.add(token), 16);
        }
        return last;
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aLieBreaksTheQueue(Consumer<Lie> write) {
        QueuePair pair = tell(write).pair;

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);

        assertThat(pair.driver.isBroken()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aSpinningDriverIsToldOfALieAsWell(Consumer<Lie> write) {
        QueuePair pair = tell(write).pair;
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.pollUsed((token, written) -> {}, 16, 3, NoOpIdleStrategy.INSTANCE);
        }

        assertThat(last).isEqualTo(DriverQueue.BROKEN);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void theErrorHandlerIsToldOnceHoweverOftenTheDriverAsks(Consumer<Lie> write) {
        QueuePair pair = tell(write).pair;
        for (int i = 0; i < 5; i++) {
            poll(pair);
            pair.driver.offer(pair.parts(1), 9);
            pair.driver.enableCallbacks();
        }

        assertThat(pair.driverErrors).hasSize(1).first().isInstanceOf(BrokenQueueException.class);
        assertThat(pair.driver.counters().get(QueueCounter.BROKEN)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void everyBufferComesHomeOnceThoughTheDeviceLied(Consumer<Lie> write) {
        QueuePair pair = tell(write).pair;
        poll(pair);

        pair.driver.cancelAll(tokens::add);

        assertThat(tokens).containsExactlyInAnyOrder(100L, 101L, 102L);
        assertThat(pair.driver.inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBrokenQueueTakesAndShowsNothingMore(Consumer<Lie> write) {
        QueuePair pair = tell(write).pair;
        pair.driver.add(pair.parts(1), 103);
        poll(pair);
        byte[] avail = pair.rawSplit().driverArea();
        byte[] table = pair.rawSplit().descriptorArea();

        assertThat(pair.driver.add(pair.parts(1), 104)).isEqualTo(DriverQueue.BROKEN);
        pair.driver.publish();
        assertThat(pair.driver.kickNeeded()).isFalse();
        assertThat(pair.driver.enableCallbacks()).isFalse();
        pair.driver.disableCallbacks();

        assertThat(pair.rawSplit().driverArea()).isEqualTo(avail);
        assertThat(pair.rawSplit().descriptorArea()).isEqualTo(table);
    }

    @Test
    void whatWasUsedRightlyBeforeTheLieIsStillHandedOut() {
        QueuePair pair = QueuePair.split(SIZE);
        Lie lie = offerLie(pair);
        pair.rawSplit().use(lie.onePart, 0);
        pair.rawSplit().use(99, 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);

        assertThat(tokens).containsExactly(102L);
        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(1);
    }

    @Test
    void aChainUsedAgainAfterItCameBackBreaksTheQueue() {
        QueuePair pair = QueuePair.split(SIZE);
        Lie lie = offerLie(pair);
        pair.rawSplit().use(lie.writable, 1);
        assertThat(poll(pair)).isZero();

        pair.rawSplit().use(lie.writable, 1);

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
        Lie lie = offerLie(pair);
        pair.rawSplit().use(lie.writable, 0);
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
        QueuePair pair = QueuePair.of(SIZE, Features.of(FeatureBits.VERSION_1, FeatureBits.IN_ORDER));
        Lie lie = offerLie(pair);
        pair.rawSplit().use(lie.onePart, 0);

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);
        assertThat(tokens).isEmpty();
    }
}
