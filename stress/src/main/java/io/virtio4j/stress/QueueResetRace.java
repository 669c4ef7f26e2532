// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.RegisterPair;
import io.virtio4j.wire.FeatureBits;

/**
 * I and I' of the reset of one queue: the driver has asked for it while the device has a request in hand. The device answers the
 * question at once and reads and writes the request's buffers a little later; only then is the reset complete. The driver takes its
 * buffers back and uses them for something else.
 */
final class QueueResetRace extends OneQueueDevice implements Race {
    private static final int OLD = 0x01D;
    private static final int NEW = 0x4E3;
    private static final int ANSWER = 0xA45;

    /** How often either side looks for the other's message: about as long as the other one needs. */
    private static final int LOOKS = 100;

    private final String ring;
    private final boolean asks;
    private final QueuePair queue;
    private final RegisterPair registers;
    private DescriptorChain inHand;
    private boolean done;
    private int cancelled;

    private QueueResetRace(RingKind kind, boolean asks) {
        ring = kind.label();
        this.asks = asks;
        queue = new QueuePair(kind, 1);
        registers = new RegisterPair(StartRace.registers(), this, queue.piece().guestMemory(), kind.features());
        queue.memory().putLe32(queue.request(0), OLD);
        queue.driver.offer(queue.requestAndResponse(0), 1);
        registers.start(queue.config);
        registers.answerRequests();
        registers.service();
        registers.resetQueue();
    }

    private abstract static class All extends RingRaces {
        private final boolean asks;

        All(boolean asks) {
            super(
                    RingKind.with(RingFormat.SPLIT, FeatureBits.RING_RESET, "RING_RESET")[0],
                    RingKind.with(RingFormat.PACKED, FeatureBits.RING_RESET, "RING_RESET")[0]);
            this.asks = asks;
        }

        @Override
        final Race over(RingKind kind) {
            return new QueueResetRace(kind, asks);
        }
    }

    /** The driver asks whether the reset is complete, and takes its buffers back when it is. */
    static final class Asked extends All {
        Asked() {
            super(true);
        }
    }

    /** The driver takes the answer to its request for the end of the reset. */
    static final class NotAsked extends All {
        NotAsked() {
            super(false);
        }
    }

    @Override
    public int onQueue(DeviceQueue served) {
        int handle = served.next();
        if (handle >= 0) {
            inHand = served.chain(handle);
        }
        return 1;
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return done;
    }

    @Override
    public String device() {
        registers.answerRequests();
        String read = "nothing in hand";
        if (inHand != null) {
            int data = inHand.getLe32(0);
            read = data == OLD ? "old" : data == NEW ? "new" : "data " + data;
            inHand.putLe32(0, ANSWER);
        }
        done = true;
        registers.service();
        for (int look = 0; asks && look < LOOKS && registers.answerRequests() == 0; look++) {
            Thread.onSpinWait();
        }
        return read;
    }

    @Override
    public String driver() {
        if (!waitForAnswer()) {
            return "not yet";
        }
        if (asks) {
            registers.askWhetherQueueIsReset();
            if (!waitForAnswer() || !registers.isYes()) {
                return "not yet";
            }
        }
        queue.driver.cancelAll(token -> cancelled++);
        queue.memory().putLe32(queue.request(0), NEW);
        queue.memory().putLe32(queue.response(0), NEW);
        return cancelled == 1 ? "taken back" : "took back " + cancelled;
    }

    private boolean waitForAnswer() {
        for (int look = 0; look < LOOKS; look++) {
            if (registers.isAnswered()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** What the buffer holds that the device wrote to and the driver may have used again. */
    @Override
    public String after() {
        int data = queue.memory().getLe32(queue.response(0));
        return data == ANSWER ? "the answer" : data == NEW ? "the new" : "data " + data;
    }

    @Override
    public String ring() {
        return ring;
    }
}
