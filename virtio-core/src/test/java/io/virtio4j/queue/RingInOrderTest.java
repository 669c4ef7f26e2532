// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A device that uses buffers in order answers for several at once. VirtIO 1.2, 2.7.9 and 2.8.8. */
@Clause({"SPLIT-DRV-INORDER-BATCH", "PACKED-DRV-INORDER-BATCH"})
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingInOrderTest {
    private static final int BYTES = 50;

    private final QueuePair pair;

    RingInOrderTest(RingFormat format) {
        pair = QueuePair.of(format, 8, FeatureBits.IN_ORDER);
    }

    private int[] offer(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = pair.driver.offer(pair.writable(BYTES), i);
        }
        return ids;
    }

    /** A device's one answer for so many chains of one descriptor each: the last one's id and length. */
    private void answer(int lastId, int lengthBytes, int chains) {
        if (pair.config.format() == RingFormat.SPLIT) {
            int idx = pair.rawSplit().usedIdx();
            pair.rawSplit().usedElement(idx % 8, lastId, lengthBytes);
            pair.rawSplit().usedIdx(idx + chains);
        } else {
            pair.rawPacked().use(lastId, lengthBytes, 2, chains);
        }
    }

    @Test
    void oneAnswerBringsTheWholeBatchHomeAndTheEarlierOnesInFull() {
        int[] ids = offer(5);
        answer(ids[3], 7, 4);

        assertThat(pair.poll())
                .containsExactly(new Used(0, BYTES), new Used(1, BYTES), new Used(2, BYTES), new Used(3, 7));
        assertThat(pair.driver.inFlight()).isEqualTo(1);
    }

    @Test
    void batchesOfAnySizeFollowEachOtherForLaps() {
        long token = 0;
        for (int i = 0; i < 500; i++) {
            int batch = 1 + i * 5 % 8;
            int[] ids = offer(batch);
            int first = 1 + i % batch;
            answer(ids[first - 1], 1, first);
            if (first < batch) {
                answer(ids[batch - 1], 2, batch - first);
            }
            List<Used> used = pair.poll();
            for (int k = 0; k < batch; k++) {
                int written = k == first - 1 ? 1 : k == batch - 1 ? 2 : BYTES;
                assertThat(used.get(k)).isEqualTo(new Used(k, written));
            }
            assertThat(used).hasSize(batch);
            token += batch;
        }
        assertThat(token).isGreaterThan(2000);
        assertThat(pair.driver.isBroken()).isFalse();
    }

    @Test
    void aLimitMayLieInsideABatch() {
        answer(offer(5)[4], 7, 5);
        List<Long> tokens = new ArrayList<>();

        for (int taken = 0; taken < 5; taken++) {
            assertThat(pair.driver.poll((token, written) -> tokens.add(token), 1))
                    .isEqualTo(1);
            assertThat(pair.driver.inFlight()).isEqualTo(4 - taken);
        }

        assertThat(tokens).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(pair.driver.poll((token, written) -> {}, 1)).isZero();
    }

    @Test
    void aDriverInTheMiddleOfABatchMayNotSleep() {
        answer(offer(3)[2], 7, 3);
        pair.driver.poll((token, written) -> {}, 2);
        assertThat(pair.driver.enableCallbacks()).isFalse();

        assertThat(pair.driver.pollUsed((token, written) -> {}, 8, 0, NoOpIdleStrategy.INSTANCE))
                .isEqualTo(1);
        assertThat(pair.driver.enableCallbacks()).isTrue();
    }

    @Test
    void aHandlerThatPollsTakesTheNextOfTheBatch() {
        answer(offer(4)[3], 7, 4);
        List<Used> used = new ArrayList<>();

        pair.driver.poll(
                (token, written) -> {
                    used.add(new Used(token, written));
                    pair.driver.poll((inner, innerWritten) -> used.add(new Used(inner, innerWritten)), 1);
                },
                8);

        assertThat(used).containsExactly(new Used(0, BYTES), new Used(1, BYTES), new Used(2, BYTES), new Used(3, 7));
    }

    @Test
    void aHandlerThatOffersInTheMiddleOfABatchGetsItsChainAnsweredAfterIt() {
        answer(offer(8)[7], 7, 8);
        pair.driver.poll((token, written) -> pair.driver.offer(pair.writable(BYTES), token + 10), 8);

        assertThat(pair.driver.inFlight()).isEqualTo(8);
        assertThat(pair.driver.isBroken()).isFalse();
    }

    @Test
    void aHandlerThatCancelsInTheMiddleOfABatchGetsTheRestBack() {
        answer(offer(4)[3], 7, 4);
        List<Long> tokens = new ArrayList<>();

        int taken = pair.driver.poll(
                (token, written) -> {
                    tokens.add(token);
                    pair.driver.cancelAll(tokens::add);
                },
                8);

        assertThat(taken).isEqualTo(1);
        assertThat(tokens).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(pair.driver.poll((token, written) -> {}, 8)).isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    @Clause({"SPLIT-DEV-INORDER-BATCH", "PACKED-DEV-INORDER-BATCH"})
    void ourDeviceAnswersOnceForABatchAndLeavesTheSkippedPlacesAlone() {
        int[] ids = offer(6);
        byte[] before = answers();
        for (int i = 0; i < 4; i++) {
            pair.device.complete(pair.device.next(), BYTES);
        }
        pair.device.publish();

        assertThat(changedAnswers(before)).containsExactly(0);
        assertThat(answerId(0)).isEqualTo(ids[3]);
        byte[] between = answers();

        pair.device.complete(pair.device.next(), BYTES);
        pair.device.complete(pair.device.next(), BYTES);
        pair.device.publish();

        // The next answer stands where the first chain of its batch belongs.
        assertThat(changedAnswers(between)).containsExactly(4);
        assertThat(answerId(4)).isEqualTo(ids[5]);
        assertThat(pair.poll()).extracting(Used::token).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    @Clause({"CORE-DEV-IN-ORDER", "SPLIT-DEV-INORDER-BATCH", "PACKED-DEV-INORDER-BATCH"})
    void aChainThatIsEarlyWaitsForThoseBeforeIt() {
        offer(3);
        int[] handles = {pair.device.next(), pair.device.next(), pair.device.next()};
        pair.device.complete(handles[2], 3);
        pair.device.complete(handles[1], 2);
        pair.device.publish();
        assertThat(pair.poll()).isEmpty();

        pair.device.complete(handles[0], 1);
        pair.device.publish();

        assertThat(pair.poll()).containsExactly(new Used(0, 1), new Used(1, 2), new Used(2, 3));
    }

    @Test
    @Clause({"SPLIT-DEV-INORDER-BATCH", "PACKED-DEV-INORDER-BATCH"})
    void aChainThatWasNotWrittenInFullGetsAnAnswerOfItsOwn() {
        offer(3);
        byte[] before = answers();
        pair.device.complete(pair.device.next(), 1);
        pair.device.complete(pair.device.next(), BYTES);
        pair.device.complete(pair.device.next(), BYTES);
        pair.device.publish();

        assertThat(changedAnswers(before)).containsExactly(0, 1);
        assertThat(pair.poll()).containsExactly(new Used(0, 1), new Used(1, BYTES), new Used(2, BYTES));
    }

    // --- the places of a device's answers: elements of 8 bytes, or the second halves of descriptors of 16 -----------

    private boolean split() {
        return pair.config.format() == RingFormat.SPLIT;
    }

    private byte[] answers() {
        return split() ? pair.raw.deviceArea() : pair.raw.descriptorArea();
    }

    private List<Integer> changedAnswers(byte[] before) {
        byte[] now = answers();
        int first = split() ? 4 : 0;
        int stride = split() ? 8 : 16;
        List<Integer> changed = new ArrayList<>();
        for (int place = 0; place < 8; place++) {
            for (int at = first + stride * place; at < first + stride * (place + 1); at++) {
                if (now[at] != before[at]) {
                    changed.add(place);
                    break;
                }
            }
        }
        return changed;
    }

    private int answerId(int place) {
        return split() ? pair.rawSplit().usedId(place) : pair.rawPacked().id(place);
    }
}
