// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a device's queue says that it stands when it is stopped, and how another goes on from there. */
class QueueStateTest {
    private static DeviceQueue resume(QueuePair pair, QueueState state) {
        return DeviceQueue.resume(pair.config, pair.guest, state, index -> pair.calls++, pair.deviceErrors::add);
    }

    private static BufferChain writable(int at) {
        return new BufferChain(1).addWritable(QueuePair.GUEST_BASE + at, 4);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aFreshQueueStandsAtItsBeginning(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8);

        QueueState state = pair.device.stop();

        int begin = format == RingFormat.PACKED ? 1 << 15 : 0;
        assertThat(state).isEqualTo(new QueueState(format, 8, begin, begin, false, List.of()));
    }

    @Test
    void aSplitQueueStandsWhereItsIndicesAre() {
        QueuePair pair = QueuePair.split(8).runTo(65_535);
        pair.driver.offer(writable(0), 1);
        pair.driver.offer(writable(4), 2);
        pair.device.callNeeded();
        int first = pair.device.next();
        int second = pair.device.next();

        assertThat(pair.device.stop())
                .isEqualTo(new QueueState(
                        RingFormat.SPLIT,
                        8,
                        1,
                        65_535,
                        false,
                        List.of(
                                new Taken(first, 1, Taken.IN_HAND, List.of()),
                                new Taken(second, 1, Taken.IN_HAND, List.of()))));
    }

    @Test
    void aPackedQueueKeepsTheDescriptorsOfItsChains() {
        QueuePair pair = QueuePair.of(RingFormat.PACKED, 3).runTo(2);
        BufferChain chain =
                new BufferChain(2).addReadable(QueuePair.GUEST_BASE + 8, 16).addWritable(QueuePair.GUEST_BASE + 64, 4);
        int id = pair.driver.offer(chain, 1);
        pair.device.callNeeded();
        pair.device.next();

        QueueState state = pair.device.stop();

        // Slot 1 of the second lap, and slot 2 of the first.
        assertThat(state.nextAvail()).isEqualTo(1);
        assertThat(state.nextUsed()).isEqualTo(2 | 1 << 15);
        assertThat(state.taken())
                .containsExactly(new Taken(
                        id,
                        2,
                        Taken.IN_HAND,
                        List.of(
                                new Part(QueuePair.GUEST_BASE + 8, 16, 0),
                                new Part(QueuePair.GUEST_BASE + 64, 4, DescFlags.WRITE))));
    }

    @Test
    void aPackedChainWhoseSlotHoldsAnAnswerByNowIsHandedOutAsItWas() {
        QueuePair pair = QueuePair.of(RingFormat.PACKED, 4);
        pair.driver.offer(writable(100), 1);
        pair.driver.offer(writable(200), 2);
        pair.device.next();
        int second = pair.device.next();
        // The answer goes to the first slot, over the first chain's descriptor.
        pair.device.complete(second, 4);

        DeviceQueue resumed = resume(pair, pair.device.stop());

        DescriptorChain again = resumed.chain(resumed.next());
        assertThat(again.pieceOffset(0)).isEqualTo(100);
        resumed.complete(again.handle(), 4);
        resumed.flush();
        assertThat(pair.poll()).containsExactlyInAnyOrder(new QueuePair.Used(1, 4), new QueuePair.Used(2, 4));
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void whatWasCompleteAndNotShownIsShownByStopping(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8);
        pair.driver.offer(writable(0), 1);
        pair.device.complete(pair.device.next(), 4);

        QueueState state = pair.device.stop();

        assertThat(pair.poll()).containsExactly(new QueuePair.Used(1, 4));
        assertThat(state.taken()).isEmpty();
        assertThat(state.callPending()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aStoppedQueueWritesNothingAndCallsNobody(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8);
        pair.driver.offer(writable(0), 1);
        int handle = pair.device.next();
        pair.device.stop();
        byte[] ring = pair.raw.descriptorArea();
        byte[] device = pair.raw.deviceArea();

        pair.device.complete(handle, 4);
        pair.device.flush();
        pair.device.disableNotifications();

        assertThat(pair.raw.descriptorArea()).isEqualTo(ring);
        assertThat(pair.raw.deviceArea()).isEqualTo(device);
        assertThat(pair.calls).isZero();
        assertThat(pair.poll()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aDriverThatWasShownSomethingAndNotCalledIsCalledOnce(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8, FeatureBits.EVENT_IDX);
        pair.driver.enableCallbacks();
        pair.driver.offer(writable(0), 1);
        pair.use(4);

        DeviceQueue resumed = resume(pair, pair.device.stop());
        resumed.flush();
        resumed.flush();

        assertThat(pair.calls).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aDriverThatWasCalledIsNotCalledAgain(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8);
        pair.driver.offer(writable(0), 1);
        pair.use(4);
        pair.device.flush();

        resume(pair, pair.device.stop()).flush();

        assertThat(pair.calls).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aCompletionThatWaitsForItsTurnKeepsWaiting(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 8, FeatureBits.IN_ORDER);
        pair.driver.offer(writable(0), 1);
        pair.driver.offer(writable(4), 2);
        pair.device.next();
        pair.device.complete(pair.device.next(), 3);

        QueueState state = pair.device.stop();
        assertThat(state.taken()).extracting(Taken::writtenBytes).containsExactly(Taken.IN_HAND, 3L);
        assertThat(pair.poll()).isEmpty();
        DeviceQueue resumed = resume(pair, state);
        assertThat(resumed.inFlight()).isEqualTo(1);
        int handle = resumed.next();
        assertThat(resumed.next()).isEqualTo(DeviceQueue.EMPTY);
        resumed.complete(handle, 4);
        resumed.flush();

        assertThat(pair.poll()).containsExactly(new QueuePair.Used(1, 4), new QueuePair.Used(2, 3));
    }

    @Test
    void aDescriptorThatTheDriverSpoiltMeanwhileBreaksTheQueueAndThrowsNothing() {
        QueuePair pair = QueuePair.split(8);
        pair.driver.offer(writable(0), 1);
        int head = pair.device.next();
        QueueState state = pair.device.stop();
        pair.rawSplit().descriptor(head, 0x10, 4, DescFlags.WRITE, 0);

        DeviceQueue resumed = resume(pair, state);

        assertThat(resumed.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(pair.deviceErrors).singleElement().asString().contains("0x10");
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void anIndirectPartOfAStateIsReadFromItsTable(RingFormat format) {
        QueuePair pair = QueuePair.of(8, QueuePair.features(format, FeatureBits.INDIRECT_DESC), 3);
        BufferChain chain =
                new BufferChain(2).addReadable(QueuePair.GUEST_BASE + 8, 16).addWritable(QueuePair.GUEST_BASE + 64, 4);
        pair.driver.offer(chain, 1);
        pair.device.next();

        DeviceQueue resumed = resume(pair, pair.device.stop());

        DescriptorChain again = resumed.chain(resumed.next());
        assertThat(again.readableBytes()).isEqualTo(16);
        assertThat(again.writableBytes()).isEqualTo(4);
        assertThat(again.pieceOffset(1)).isEqualTo(64);
    }

    @Test
    void slotsOfChainsInHandCannotBeMadeAvailableAgainAfterResuming() {
        QueuePair pair = QueuePair.of(RingFormat.PACKED, 2);
        pair.driver.offer(pair.parts(2), 1);
        pair.device.next();
        DeviceQueue resumed = resume(pair, pair.device.stop());
        // Slot 0 on the second lap: available, while the first lap's chain still has it.
        pair.rawPacked().descriptor(0, QueuePair.GUEST_BASE, 1, 1, 0x8000);

        assertThat(resumed.next()).isNotNegative();
        assertThat(resumed.next()).isEqualTo(DeviceQueue.BROKEN);

        assertThat(pair.deviceErrors).singleElement().asString().contains("slot 0");
    }

    @Test
    void aBrokenQueueStandsNowhere() {
        QueuePair pair = QueuePair.split(8);
        pair.rawSplit().availIdx(100);
        assertThat(pair.device.next()).isEqualTo(DeviceQueue.BROKEN);

        assertThatIllegalStateException().isThrownBy(pair.device::stop).withMessageContaining("queue 0");
    }

    @Test
    void aStateOfAnotherQueueIsRefused() {
        QueuePair pair = QueuePair.split(8);
        QueueConfig config = pair.config;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> resume(pair, QueueState.idle(RingFormat.SPLIT, 16, 3)))
                .withMessageContaining("8")
                .withMessageContaining("16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resume(pair, QueueState.idle(RingFormat.PACKED, 8, 3)))
                .withMessageContaining("PACKED");
        assertThat(config.inOrder()).isFalse();
        QueueState waiting = new QueueState(
                RingFormat.SPLIT,
                8,
                2,
                0,
                false,
                List.of(new Taken(0, 1, Taken.IN_HAND, List.of()), new Taken(1, 1, 4, List.of())));
        assertThatIllegalArgumentException().isThrownBy(() -> resume(pair, waiting));
    }
}
