// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.RingFormat;

/**
 * F: the device reads a request and gives it back; the driver, if it has it back, writes the next one over it.
 *
 * <p>The queue has one descriptor, so that the next request takes the same descriptor of a split ring and the same slot of a
 * packed one. A packed ring wraps at every entry then.
 */
final class ReuseRace implements Race {
    private static final int OLD = 0x01D;
    private static final int NEW = 0x4E3;
    private static final int NEW_BYTES = 4;
    private static final int MOMENT_SPINS = 10;

    private final String ring;
    private final QueuePair queue;
    private final BufferChain reused = new BufferChain(1);

    private final boolean early;

    private ReuseRace(RingKind kind, boolean early) {
        ring = kind.label();
        this.early = early;
        queue = new QueuePair(kind, 1, 1);
        queue.memory().putLe32(queue.request(0), OLD);
        queue.driver.offer(queue.requestOnly(0), 0);
        reused.addReadable(queue.memory().guestAddress() + queue.request(0), NEW_BYTES);
    }

    /** One request at a time. */
    static final class All extends RingRaces {
        All(RingFormat format) {
            super(RingKind.plain(format));
        }

        @Override
        Race over(RingKind kind) {
            return new ReuseRace(kind, false);
        }
    }

    /** The same with a device that gives a request back before it reads it. */
    static final class Early extends RingRaces {
        Early(RingFormat format) {
            super(RingKind.plain(format));
        }

        @Override
        Race over(RingKind kind) {
            return new ReuseRace(kind, true);
        }
    }

    @Override
    public String device() {
        int handle = queue.device.next();
        if (handle == DeviceQueue.BROKEN) {
            return "broken";
        }
        if (early) {
            queue.device.complete(handle, 0);
            queue.device.publish();
            // The wrong variant: the later it reads, the more often that shows.
            for (int i = 0; i < MOMENT_SPINS; i++) {
                Thread.onSpinWait();
            }
            int data = queue.memory().getLe32(queue.request(0));
            return data == OLD ? "old" : "new: data " + data;
        }
        long readable = queue.device.chain(handle).readableBytes();
        int data = queue.device.chain(handle).getLe32(0);
        queue.device.complete(handle, 0);
        queue.device.publish();
        return data == OLD && readable == QueuePair.REQUEST_BYTES
                ? "old"
                : "new: " + readable + " bytes with data " + data;
    }

    @Override
    public String driver() {
        int count = queue.driver.poll((token, writtenBytes) -> {}, 1);
        if (count == 1) {
            queue.memory().putLe32(queue.request(0), NEW);
            int id = queue.driver.offer(reused, 1);
            return id == 0 ? "reused" : "offer gave " + id;
        }
        return count == 0 ? "not yet" : "poll gave " + count;
    }

    @Override
    public String ring() {
        return ring;
    }
}
