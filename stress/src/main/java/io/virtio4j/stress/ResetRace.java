// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.RegisterPair;

/**
 * I and I': a device completes a request and then finds that the driver has asked for a reset; the driver, if it sees the reset
 * complete, takes its buffers back and uses them for something else.
 */
final class ResetRace extends OneQueueDevice implements Race {
    private static final int OLD = 0x01D;
    private static final int NEW = 0x4E3;
    private static final int ANSWER = 0xA45;

    private final String ring;
    private final QueuePair queue;
    private final RegisterPair registers;
    private String read = "nothing read";
    private int cancelled;

    private final boolean waits;

    private ResetRace(RingKind kind, boolean waits) {
        ring = kind.label();
        this.waits = waits;
        queue = new QueuePair(kind, 1);
        registers = new RegisterPair(StartRace.registers(), this, queue.piece().guestMemory(), kind.features());
        queue.memory().putLe32(queue.request(0), OLD);
        queue.driver.offer(queue.requestAndResponse(0), 1);
        registers.start(queue.config);
        registers.answerRequests();
        registers.reset();
    }

    /** Over rings of both formats. */
    static final class All extends RingRaces {
        private final boolean waits;

        /**
         * Makes them.
         *
         * @param waits whether the driver waits until the reset is complete
         */
        All(boolean waits) {
            super(RingKind.plain(RingFormat.SPLIT)[0], RingKind.plain(RingFormat.PACKED)[0]);
            this.waits = waits;
        }

        @Override
        Race over(RingKind kind) {
            return new ResetRace(kind, waits);
        }
    }

    @Override
    public String device() {
        registers.service();
        registers.answerRequests();
        return read;
    }

    @Override
    public int onQueue(DeviceQueue served) {
        int handle = served.next();
        if (handle < 0) {
            read = handle == DeviceQueue.BROKEN ? "broken" : "empty";
            return 0;
        }
        DescriptorChain chain = served.chain(handle);
        int data = chain.getLe32(0);
        read = data == OLD ? "old" : data == NEW ? "new" : "data " + data;
        chain.putLe32(0, ANSWER);
        served.complete(handle, Integer.BYTES);
        served.flush();
        return 1;
    }

    @Override
    public String driver() {
        if (waits && !registers.isReset()) {
            return "not yet";
        }
        queue.driver.cancelAll(token -> cancelled++);
        queue.memory().putLe32(queue.request(0), NEW);
        queue.memory().putLe32(queue.response(0), NEW);
        return cancelled == 1 ? "taken back" : "took back " + cancelled;
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
