// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueuePair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A driver that stays, and device halves that come and go over the same ring. Each request carries a number, and is answered
 * with it.
 */
final class ResumingPair {
    private static final int SLOTS = 8;
    private static final int BYTES = 12;

    private record InHand(int handle, int number) {}

    private final QueuePair pair;
    private DeviceQueue device;
    private final List<DmaBuffer> requests = new ArrayList<>();
    private final List<DmaBuffer> responses = new ArrayList<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private final int[] numberOf = new int[SLOTS];
    private int lastNumber;
    private int offered;
    private int returned;

    /** In the order in which they were taken. */
    private final List<InHand> inHand = new ArrayList<>();

    /** What must be handed out again before anything new. */
    private final Deque<Integer> again = new ArrayDeque<>();

    ResumingPair(QueuePair pair) {
        this.pair = pair;
        this.device = pair.device;
        for (int i = 0; i < SLOTS; i++) {
            requests.add(pair.buffer(BYTES));
            responses.add(pair.buffer(BYTES));
            freeSlots.add(i);
        }
    }

    /** A request cut into so many readable parts, if there is room. */
    void offer(int readableParts) {
        if (freeSlots.isEmpty()) {
            return;
        }
        int slot = freeSlots.getFirst();
        DmaBuffer request = requests.get(slot);
        DmaBuffer response = responses.get(slot);
        BufferChain chain = new BufferChain(readableParts + 1);
        int each = BYTES / readableParts;
        for (int part = 0; part < readableParts; part++) {
            chain.addReadable(request.guestAddress() + (long) part * each, each);
        }
        chain.addWritable(response);
        int number = ++lastNumber;
        pair.memory.putLe32(request.offset(), number);
        pair.memory.fill(response.offset(), BYTES, 0);
        if (pair.driver.offer(chain, slot) >= 0) {
            freeSlots.removeFirst();
            numberOf[slot] = number;
            offered++;
        }
    }

    void take() {
        int handle = device.next();
        if (handle < 0) {
            assertThat(handle).isEqualTo(DeviceQueue.EMPTY);
            assertThat(again).as("still to be handed out again").isEmpty();
            return;
        }
        int number = device.chain(handle).getLe32(0);
        if (!again.isEmpty()) {
            assertThat(number).as("handed out again").isEqualTo(again.removeFirst());
        }
        inHand.add(new InHand(handle, number));
    }

    /** Completes any of those in hand. */
    void complete(Random random) {
        if (!inHand.isEmpty()) {
            InHand one = inHand.remove(random.nextInt(inHand.size()));
            device.chain(one.handle()).putLe32(BYTES - Integer.BYTES, one.number());
            device.complete(one.handle(), BYTES);
        }
    }

    void flush() {
        device.flush();
    }

    void poll() {
        pair.driver.poll(
                (token, written) -> {
                    int slot = (int) token;
                    assertThat(written).isEqualTo(BYTES);
                    assertThat(freeSlots).doesNotContain(slot);
                    assertThat(pair.memory.getLe32(responses.get(slot).offset() + BYTES - Integer.BYTES))
                            .isEqualTo(numberOf[slot]);
                    freeSlots.add(slot);
                    returned++;
                },
                SLOTS);
    }

    void stopAndResume() {
        QueueState state = device.stop();
        QueueState copy = QueueState.fromBytes(state.toBytes());
        assertThat(copy).isEqualTo(state);
        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);
        device = DeviceQueue.resume(pair.config, pair.guest, copy, index -> pair.calls++, pair.deviceErrors::add);
        for (int i = inHand.size() - 1; i >= 0; i--) {
            again.addFirst(inHand.get(i).number());
        }
        inHand.clear();
    }

    /** Completes all that there is, and takes it back. */
    void finish() {
        Random last = new Random(0);
        do {
            take();
        } while (!again.isEmpty());
        int before;
        do {
            before = inHand.size();
            take();
        } while (inHand.size() > before);
        while (!inHand.isEmpty()) {
            complete(last);
        }
        flush();
        poll();
        assertThat(returned).isEqualTo(offered);
    }
}
