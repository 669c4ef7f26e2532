// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.queue.SplitRing;
import io.virtio4j.wire.DescFlags;
import org.agrona.ErrorHandler;

/**
 * The driver's half of a split virtqueue. VirtIO 1.2, 2.7 Split Virtqueues.
 *
 * <p>All indices run free from 0 to 65535 and are compared modulo 65536; only a slot is masked. What the driver knows of
 * its descriptors it keeps in private arrays by head; nothing is read back from memory that the device may have changed.
 */
final class SplitDriverQueue extends DriverQueue {
    private static final int NONE = -1;

    private final SplitRing ring;
    private final boolean eventIdx;

    /** Free list, and the order of the descriptors within a chain: the driver's own copy of {@code next}. */
    private final int[] next;

    /** By head: how many descriptors the chain has; 0 when no chain in flight starts there. */
    private final int[] chainDescriptors;

    private final long[] writableBytes;
    private final long[] tokens;

    private int freeHead;
    private int freeCount;
    private int inFlight;

    /** Index of the next slot to fill; what the device has been shown; what it has been asked about. */
    private int addedIdx;

    private int publishedIdx;
    private int kickedIdx;

    /** Index of the next used element to take, and how far the device is known to have come. */
    private int takenIdx;

    private int usedIdx;

    SplitDriverQueue(QueueConfig config, SplitRing ring, BarrierPolicy policy, ErrorHandler errorHandler) {
        super(config, policy, errorHandler);
        int size = ring.size();
        this.ring = ring;
        this.eventIdx = config.eventIdx();
        this.next = new int[size];
        this.chainDescriptors = new int[size];
        this.writableBytes = new long[size];
        this.tokens = new long[size];
        for (int i = 0; i < size; i++) {
            next[i] = i + 1 < size ? i + 1 : NONE;
        }
        this.freeCount = size;
        ring.putAvailFlags(0);
        ring.putUsedEvent(0);
        // H orders these before the device looks: they are written before DRIVER_OK.
        ring.publishAvailIdx(ring.wmb(), 0);
    }

    @Override
    public int add(BufferChain chain, long token) {
        int count = chain.count();
        if (count == 0 || count > next.length) {
            throw new IllegalArgumentException("a chain for this queue has 1.." + next.length + " parts: " + chain);
        }
        if (isBroken()) {
            return BROKEN;
        }
        if (count > freeCount) {
            return FULL;
        }
        int head = freeHead;
        int slot = head;
        int last = count - 1;
        int readable = chain.readableCount();
        for (int part = 0; part < last; part++) {
            int flags = DescFlags.NEXT | (part < readable ? 0 : DescFlags.WRITE);
            ring.putDescriptor(slot, chain.address(part), chain.lengthBits(part), flags, next[slot]);
            slot = next[slot];
        }
        ring.putDescriptor(slot, chain.address(last), chain.lengthBits(last), last < readable ? 0 : DescFlags.WRITE, 0);
        freeHead = next[slot];
        freeCount -= count;

        // The request is on record before the device can see it, let alone answer it.
        chainDescriptors[head] = count;
        writableBytes[head] = chain.writableBytes();
        tokens[head] = token;
        inFlight++;
        ring.putAvailSlot(addedIdx, head);
        addedIdx = (addedIdx + 1) & 0xFFFF;
        return head;
    }

    @Override
    public void publish() {
        if (addedIdx == publishedIdx || isBroken()) {
            return;
        }
        // A: descriptors and slots before the index. Partner: A' in SplitDeviceQueue.availPending.
        Wmb wmb = ring.wmb();
        ring.publishAvailIdx(wmb, addedIdx);
        publishedIdx = addedIdx;
        counters.add(QueueCounter.WMB, 1);
    }

    @Override
    public boolean kickNeeded() {
        if (publishedIdx == kickedIdx || isBroken()) {
            return false;
        }
        // C: the index before the suppression field is loaded. Partner: C' in SplitDeviceQueue.enableNotifications.
        Mb mb = ring.mb();
        boolean needed = eventIdx
                ? EventIdx.needed(ring.availEventOpaque(mb), publishedIdx, kickedIdx)
                : (ring.usedFlagsOpaque(mb) & SplitLayout.USED_F_NO_NOTIFY) == 0;
        kickedIdx = publishedIdx;
        counters.add(QueueCounter.MB, 1);
        counters.add(needed ? QueueCounter.KICKS_SENT : QueueCounter.KICKS_SUPPRESSED, 1);
        return needed;
    }

    @Override
    int usedPending() {
        if (isBroken()) {
            return BROKEN;
        }
        if (usedIdx == takenIdx) {
            int seen = ring.usedIdxOpaque();
            int pending = (seen - takenIdx) & 0xFFFF;
            int visible = inFlight - ((addedIdx - publishedIdx) & 0xFFFF);
            if (pending > visible) {
                return breakQueue(
                        "used idx went from " + takenIdx + " to " + seen + " with " + visible + " chains in flight");
            }
            usedIdx = seen;
        }
        return (usedIdx - takenIdx) & 0xFFFF;
    }

    @Override
    void fullFence() {
        ring.mb();
    }

    @Override
    public int poll(UsedHandler handler, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        int pending = usedPending();
        if (pending <= 0) {
            return pending;
        }
        // B': the index before used elements and data. Partner: B in SplitDeviceQueue.publish. It also keeps the next
        // use of these descriptors behind this point (F).
        Rmb rmb = ring.rmb();
        int taken = 0;
        try {
            // The fields are read afresh: the handler may offer to, poll or cancel this queue.
            while (taken < limit && takenIdx != usedIdx) {
                long element = ring.usedElement(rmb, takenIdx);
                int id = (int) element;
                long written = element >>> Integer.SIZE;
                if (!isPlausible(id, written)) {
                    return breakQueue("used element " + takenIdx + " has id " + (id & 0xFFFF_FFFFL) + " and " + written
                            + " bytes, which answers no chain in flight");
                }
                long token = tokens[id];
                recycle(id);
                takenIdx = (takenIdx + 1) & 0xFFFF;
                taken++;
                handler.onUsed(token, written);
            }
            return taken;
        } finally {
            counters.add(QueueCounter.RMB, 1);
            counters.add(QueueCounter.COMPLETIONS, taken);
        }
    }

    private boolean isPlausible(int id, long written) {
        return id >= 0 && id < next.length && chainDescriptors[id] != 0 && written <= writableBytes[id];
    }

    private void recycle(int head) {
        int last = head;
        for (int i = chainDescriptors[head]; i > 1; i--) {
            last = next[last];
        }
        next[last] = freeHead;
        freeHead = head;
        freeCount += chainDescriptors[head];
        chainDescriptors[head] = 0;
        inFlight--;
    }

    @Override
    public boolean enableCallbacks() {
        if (isBroken()) {
            return false;
        }
        if (eventIdx) {
            ring.putUsedEvent(takenIdx);
        } else {
            ring.putAvailFlags(0);
        }
        // D': the wish before the last look at the index. Partner: D in SplitDeviceQueue.callNeeded.
        Mb mb = ring.mb();
        counters.add(QueueCounter.MB, 1);
        return ring.usedIdxOpaque(mb) == takenIdx;
    }

    @Override
    public void disableCallbacks() {
        if (eventIdx) {
            // The entry just taken: the device has passed it, and meets it again only after 65536 more.
            ring.putUsedEvent(takenIdx - 1);
        } else {
            ring.putAvailFlags(SplitLayout.AVAIL_F_NO_INTERRUPT);
        }
    }

    @Override
    public int cancelAll(CancelHandler handler) {
        // I: the reset seen complete before the buffers are used again. Partner: the device's fence before it shows it.
        ring.rmb();
        counters.add(QueueCounter.RMB, 1);
        retire();
        usedIdx = takenIdx;
        int cancelled = 0;
        for (int head = 0; head < next.length; head++) {
            if (chainDescriptors[head] != 0) {
                recycle(head);
                cancelled++;
                handler.onCancelled(tokens[head]);
            }
        }
        return cancelled;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int freeDescriptors() {
        return freeCount;
    }
}
