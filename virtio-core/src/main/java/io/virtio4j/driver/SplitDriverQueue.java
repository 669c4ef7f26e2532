// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.ring.SplitRing;
import io.virtio4j.wire.DescFlags;

/**
 * The driver's half of a split virtqueue. VirtIO 1.2, 2.7 Split Virtqueues.
 *
 * <p>All indices run free from 0 to 65535 and are compared modulo 65536; only a slot is masked. What the driver knows of
 * its descriptors it keeps in private arrays by head; nothing is read back from memory that the device may have changed.
 */
final class SplitDriverQueue extends DriverQueue {
    private final SplitRing ring;
    private final boolean eventIdx;

    /**
     * Free list, and the order of the descriptors within a chain: the driver's own copy of {@code next}. With IN_ORDER it is
     * the ring order and never changes: descriptors come free in the order in which they were taken.
     */
    private final int[] next;

    private int freeHead;
    private int freeCount;

    /** Index of the next slot to fill, and what the device has been shown. */
    private int addedIdx;

    private int publishedIdx;

    /** Chains published since the device was last asked whether it wants to be told. */
    private int unkicked;

    /** Index of the next used element to take, and how far the device is known to have come. */
    private int takenIdx;

    private int usedIdx;

    SplitDriverQueue(QueueConfig config, SplitRing ring, QueueOptions options) {
        super(config, options);
        int size = ring.size();
        this.ring = ring;
        this.eventIdx = config.eventIdx();
        this.next = new int[size];
        for (int i = 0; i < size; i++) {
            next[i] = (i + 1) & (size - 1);
        }
        this.freeCount = size;
        ring.clear();
    }

    @Override
    public int add(BufferChain chain, long token) {
        int count = chain.count();
        checkLength(chain, next.length);
        if (isBroken()) {
            return BROKEN;
        }
        IndirectTables table = tablesFor(count);
        int slots = table != null ? 1 : count;
        if (slots > freeCount) {
            return FULL;
        }
        int head = freeHead;
        // The request is on record before the device can see it, let alone answer it.
        inFlight.begin(head, token, slots, chain.writableBytes());
        if (inOrder != null) {
            inOrder.push(head);
        }
        freeHead = table != null ? addIndirect(table, chain, head) : addDirect(chain, head);
        freeCount -= slots;
        ring.putAvailSlot(addedIdx, head);
        addedIdx = (addedIdx + 1) & 0xFFFF;
        return head;
    }

    private int addDirect(BufferChain chain, int head) {
        int slot = head;
        int last = chain.count() - 1;
        for (int part = 0; part < last; part++) {
            int flags = DescFlags.NEXT | chain.writeFlag(part);
            ring.putDescriptor(slot, chain.address(part), chain.lengthBits(part), flags, next[slot]);
            slot = next[slot];
        }
        ring.putDescriptor(slot, chain.address(last), chain.lengthBits(last), chain.writeFlag(last), 0);
        return next[slot];
    }

    private int addIndirect(IndirectTables indirectTables, BufferChain chain, int head) {
        int last = chain.count() - 1;
        for (int part = 0; part <= last; part++) {
            int flags = chain.writeFlag(part) | (part < last ? DescFlags.NEXT : 0);
            int nextEntry = part < last ? part + 1 : 0;
            indirectTables.putSplit(head, part, chain.address(part), chain.lengthBits(part), flags, nextEntry);
        }
        int lengthBytes = IndirectTables.lengthBytes(chain.count());
        ring.putDescriptor(head, indirectTables.guestAddress(head), lengthBytes, DescFlags.INDIRECT, 0);
        return next[head];
    }

    @Override
    public void publish() {
        if (addedIdx == publishedIdx || isBroken()) {
            return;
        }
        // A: descriptors and slots before the index. Partner: A' in SplitDeviceQueue.loadHeads.
        Wmb wmb = ring.wmb();
        ring.publishAvailIdx(wmb, addedIdx);
        unkicked = EventIdx.saturated(unkicked + ((addedIdx - publishedIdx) & 0xFFFF));
        publishedIdx = addedIdx;
        inFlight.publishAll();
        counters.addWmb(1);
    }

    @Override
    public boolean kickNeeded() {
        if (unkicked == 0 || isBroken()) {
            return false;
        }
        // C: the index before the suppression field is loaded. Partner: C' in SplitDeviceQueue.enableNotifications.
        Mb mb = ring.mb();
        boolean needed = eventIdx
                ? EventIdx.neededAfter(unkicked, ring.availEventOpaque(mb), publishedIdx)
                : (ring.usedFlagsOpaque(mb) & SplitLayout.USED_F_NO_NOTIFY) == 0;
        unkicked = 0;
        return countKick(needed);
    }

    @Override
    int notificationPosition() {
        return publishedIdx;
    }

    @Override
    int usedPending() {
        if (isBroken()) {
            return BROKEN;
        }
        if (usedIdx == takenIdx) {
            int seen = ring.usedIdxOpaque();
            int pending = (seen - takenIdx) & 0xFFFF;
            int visible = inFlight.count() - ((addedIdx - publishedIdx) & 0xFFFF);
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
    void readFence() {
        ring.rmb();
    }

    @Override
    public int poll(UsedHandler handler, int limit) {
        checkLimit(limit);
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
            while (taken < limit && takenIdx != usedIdx && !isBroken()) {
                int id;
                long written;
                if (inOrder != null && inOrder.isBatchOpen()) {
                    id = inOrder.pop();
                    written = inOrder.written(id, inFlight.writableBytes(id));
                } else {
                    long element = ring.usedElement(rmb, takenIdx);
                    id = (int) element;
                    written = element >>> Integer.SIZE;
                    if (!inFlight.isPlausible(id, written)) {
                        return breakQueue("used element " + takenIdx + " has id " + (id & 0xFFFF_FFFFL) + " and "
                                + written + " bytes, which answers no chain in flight");
                    }
                    if (inOrder != null) {
                        if (inOrder.chainsUpTo(id) > ((usedIdx - takenIdx) & 0xFFFF)) {
                            return breakQueue("used idx " + usedIdx + " ends before chain " + id
                                    + ", which its element " + takenIdx + " names");
                        }
                        inOrder.openBatch(id, written);
                        continue;
                    }
                }
                long token = inFlight.token(id);
                recycle(id, written);
                takenIdx = (takenIdx + 1) & 0xFFFF;
                taken++;
                handler.onUsed(token, written);
            }
            return taken;
        } finally {
            counters.addRmb(1);
            counters.addCompletions(taken);
        }
    }

    private void recycle(int head, long written) {
        int slots = inFlight.descriptors(head);
        freeCount += slots;
        inFlight.used(head, written);
        if (inOrder == null) {
            int last = head;
            for (int i = slots; i > 1; i--) {
                last = next[last];
            }
            next[last] = freeHead;
            freeHead = head;
        }
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
        counters.addMb(1);
        return ring.usedIdxOpaque(mb) == takenIdx;
    }

    @Override
    public void disableCallbacks() {
        if (isBroken()) {
            // After a reset the memory may be somebody else's already.
            return;
        }
        if (eventIdx) {
            // The entry just taken: the device has passed it, and meets it again only after 65536 more.
            ring.putUsedEvent(takenIdx - 1);
        } else {
            ring.putAvailFlags(SplitLayout.AVAIL_F_NO_INTERRUPT);
        }
    }

    @Override
    public int freeDescriptors() {
        return freeCount;
    }
}
