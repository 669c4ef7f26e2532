// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.ring.PackedCursor;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.ring.PackedWord;
import io.virtio4j.wire.DescFlags;

/**
 * The driver's half of a packed virtqueue. VirtIO 1.2, 2.8 Packed Virtqueues.
 *
 * <p>Chains added and not yet published are written whole, but for the flags of the very first descriptor: the device,
 * which takes descriptors in ring order, stops there. Publishing is then one barrier and those flags.
 */
final class PackedDriverQueue extends DriverQueue {
    private static final int NONE = -1;

    private final PackedRing ring;
    private final int size;
    private final boolean eventIdx;

    /** Ids that no chain in flight has: a stack. */
    private final int[] freeIds;

    private int freeIdCount;
    private int freeSlots;

    /** Where the next chain goes, and where what the device has been shown ends. */
    private final PackedCursor added;

    private final PackedCursor published;

    /** The first descriptor of the batch: its flags are held back until the batch is published. */
    private int batchSlot = NONE;

    private int batchFlags;
    private int batchDescriptors;

    /** Descriptors published since the device was last asked whether it wants to be told. */
    private int unkickedDescriptors;

    /** Where the device will write its next used descriptor. */
    private final PackedCursor used;

    PackedDriverQueue(QueueConfig config, PackedRing ring, QueueOptions options) {
        super(config, options);
        this.ring = ring;
        this.size = ring.size();
        this.eventIdx = config.eventIdx();
        this.freeIds = new int[size];
        this.freeIdCount = size;
        this.freeSlots = size;
        this.added = new PackedCursor(size);
        this.published = new PackedCursor(size);
        this.used = new PackedCursor(size);
        for (int i = 0; i < size; i++) {
            freeIds[i] = size - 1 - i;
        }
        ring.clear();
    }

    @Override
    public int add(BufferChain chain, long token) {
        int count = chain.count();
        checkLength(chain, size);
        if (isBroken()) {
            return BROKEN;
        }
        IndirectTables table = tablesFor(count);
        int slots = table != null ? 1 : count;
        if (slots > freeSlots) {
            return FULL;
        }
        int id = freeIds[--freeIdCount];
        freeSlots -= slots;
        // The request is on record before the device can see it, let alone answer it.
        inFlight.begin(id, token, slots, chain.writableBytes());
        if (inOrder != null) {
            inOrder.push(id);
        }
        if (table != null) {
            addIndirect(table, chain, id);
        } else {
            addDirect(chain, id);
        }
        batchDescriptors += slots;
        return id;
    }

    private void addDirect(BufferChain chain, int id) {
        int last = chain.count() - 1;
        putHead(directFlags(chain, 0, last), chain.address(0), chain.lengthBits(0), id);
        for (int part = 1; part <= last; part++) {
            int flags = directFlags(chain, part, last);
            ring.putDescriptor(added.slot(), chain.address(part), chain.lengthBits(part), id, flags);
            added.advance(1);
        }
    }

    private void addIndirect(IndirectTables indirectTables, BufferChain chain, int id) {
        int count = chain.count();
        for (int part = 0; part < count; part++) {
            indirectTables.putPacked(id, part, chain.address(part), chain.lengthBits(part), chain.writeFlag(part));
        }
        int flags = added.availFlags() | DescFlags.INDIRECT;
        putHead(flags, indirectTables.guestAddress(id), IndirectTables.lengthBytes(count), id);
    }

    private int directFlags(BufferChain chain, int part, int last) {
        return added.availFlags() | (part < last ? DescFlags.NEXT : 0) | chain.writeFlag(part);
    }

    /** Writes the first descriptor of a chain, without its flags if it is also the first of the batch. */
    private void putHead(int flags, long address, int lengthBytes, int id) {
        if (batchSlot == NONE) {
            batchSlot = added.slot();
            batchFlags = flags;
            ring.putDescriptorWithoutFlags(batchSlot, address, lengthBytes, id);
        } else {
            // The device stops at the first of the batch, so this one is out of its reach.
            ring.putDescriptor(added.slot(), address, lengthBytes, id, flags);
        }
        added.advance(1);
    }

    @Override
    public void publish() {
        if (batchSlot == NONE || isBroken()) {
            return;
        }
        // A: all descriptors of the batch before the flags of its first. Partner: A' in
        // PackedDeviceQueue.nextAvailable.
        Wmb wmb = ring.wmb();
        ring.publishFlags(wmb, batchSlot, batchFlags);
        batchSlot = NONE;
        unkickedDescriptors = EventIdx.saturated(unkickedDescriptors + batchDescriptors);
        batchDescriptors = 0;
        published.moveTo(added);
        inFlight.publishAll();
        counters.addWmb(1);
    }

    @Override
    public boolean kickNeeded() {
        if (unkickedDescriptors == 0 || isBroken()) {
            return false;
        }
        // C: the flags before the event suppression is loaded. Partner: C' in PackedDeviceQueue.enableNotifications.
        Mb mb = ring.mb();
        boolean needed = published.eventNeeded(ring.deviceEventOpaque(mb), unkickedDescriptors, eventIdx);
        unkickedDescriptors = 0;
        return countKick(needed);
    }

    @Override
    int notificationPosition() {
        return published.offWrap();
    }

    @Override
    int usedPending() {
        if (isBroken()) {
            return BROKEN;
        }
        return (inOrder != null && inOrder.isBatchOpen()) || used.isUsed(ring.flagsOpaque(used.slot())) ? 1 : 0;
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
        if (isBroken()) {
            return BROKEN;
        }
        int taken = 0;
        int fences = 0;
        try {
            // The fields are read afresh: the handler may offer to, poll or cancel this queue.
            while (taken < limit && !isBroken()) {
                int pending = usedPending();
                if (pending <= 0) {
                    return taken > 0 ? taken : pending;
                }
                int id;
                long written;
                if (inOrder != null && inOrder.isBatchOpen()) {
                    id = inOrder.pop();
                    written = inOrder.written(id, inFlight.writableBytes(id));
                } else {
                    // B': the flags before length, id and data. Partner: B in PackedDeviceQueue.publish. It also keeps
                    // the next use of these slots behind this point (F).
                    Rmb rmb = ring.rmb();
                    fences++;
                    long word = ring.word(rmb, used.slot());
                    id = PackedWord.id(word);
                    boolean wrote = (PackedWord.flags(word) & DescFlags.WRITE) != 0;
                    written = wrote ? PackedWord.lengthBytes(word) : 0;
                    if (!inFlight.isPlausible(id, written)) {
                        return breakQueue("the used descriptor in slot " + used.slot() + " has id " + id + " and "
                                + written + " bytes, which answers no chain in flight");
                    }
                    if (inOrder != null) {
                        inOrder.openBatch(id, written);
                        continue;
                    }
                }
                long token = inFlight.token(id);
                recycle(id, written);
                taken++;
                handler.onUsed(token, written);
            }
            return taken;
        } finally {
            counters.addRmb(fences);
            counters.addCompletions(taken);
        }
    }

    private void recycle(int id, long written) {
        int slots = inFlight.descriptors(id);
        used.advance(slots);
        freeSlots += slots;
        freeIds[freeIdCount++] = id;
        inFlight.used(id, written);
    }

    @Override
    public boolean enableCallbacks() {
        if (isBroken()) {
            return false;
        }
        if (eventIdx) {
            ring.putDriverEventOffWrap(used.offWrap());
            // E: the position before the flags that make it count. Partner: the one 32-bit load in
            // PackedDeviceQueue.callNeeded.
            Wmb wmb = ring.wmb();
            ring.publishDriverEventDesc(wmb);
            counters.addWmb(1);
        } else {
            ring.putDriverEventFlags(PackedLayout.EVENT_ENABLE);
        }
        // D': the wish before the last look at the flags. Partner: D in PackedDeviceQueue.callNeeded.
        Mb mb = ring.mb();
        counters.addMb(1);
        return !used.isUsed(ring.flagsOpaque(mb, used.slot())) && (inOrder == null || !inOrder.isBatchOpen());
    }

    @Override
    public void disableCallbacks() {
        if (isBroken()) {
            // After a reset the memory may be somebody else's already.
            return;
        }
        ring.putDriverEventFlags(PackedLayout.EVENT_DISABLE);
    }

    @Override
    public int freeDescriptors() {
        return freeSlots;
    }
}
