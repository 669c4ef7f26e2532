// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.ring.PackedCursor;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.ring.PackedWord;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DescFlags;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ErrorHandler;

/**
 * The device's half of a packed virtqueue. VirtIO 1.2, 2.8 Packed Virtqueues.
 *
 * <p>Used descriptors not yet published are written whole, but for the flags of the very first: the driver stops there.
 */
final class PackedDeviceQueue extends DeviceQueue {
    private static final int NONE = -1;

    private final PackedRing ring;
    private final int size;
    private final boolean eventIdx;

    /** Handles that no chain in flight has: a stack. A buffer id may be any 16 bits, so it cannot be the handle. */
    private final int[] freeHandles;

    private int freeHandleCount;

    /** Where the driver makes the next descriptor available. */
    private final PackedCursor avail;

    /** Where the next used descriptor goes, and where what the driver has been shown ends. */
    private final PackedCursor used;

    private final PackedCursor published;

    /** The first used descriptor of the batch: its flags are held back until the batch is published. */
    private int batchSlot = NONE;

    private int batchFlags;
    private int batchChains;
    private int batchDescriptors;

    /** The last used descriptor written, which IN_ORDER may replace, and the AVAIL and USED bits it takes. */
    private int elementSlot;

    private int elementUsedFlags;

    /** Slots of chains taken and not yet shown used: an honest driver cannot make them available. */
    private int unshownSlots;

    /** Descriptors used since the driver was last asked whether it wants to be told. */
    private int uncalledDescriptors;

    PackedDeviceQueue(
            QueueConfig config, PackedRing ring, GuestMemory memory, CallSink callSink, ErrorHandler errorHandler) {
        super(config, memory, callSink, errorHandler);
        this.ring = ring;
        this.size = ring.size();
        this.eventIdx = config.eventIdx();
        this.freeHandles = new int[size];
        this.freeHandleCount = size;
        for (int i = 0; i < size; i++) {
            freeHandles[i] = size - 1 - i;
        }
        this.avail = new PackedCursor(size);
        this.used = new PackedCursor(size);
        this.published = new PackedCursor(size);
    }

    @Override
    void standAt(QueueState state) {
        avail.moveTo(state.nextAvail());
        used.moveTo(state.nextUsed());
        published.moveTo(used);
        unshownSlots = state.taken().stream().mapToInt(Taken::ringDescriptors).sum();
        uncalledDescriptors = state.callPending() ? EventIdx.saturated(Integer.MAX_VALUE) : 0;
    }

    @Override
    int claimHandle(int id) {
        return freeHandles[--freeHandleCount];
    }

    @Override
    boolean walkAgain(DescriptorChain chain, Taken taken) {
        // A': being handed the state is the sight of progress here; a table comes after it. Partner: A in
        // PackedDriverQueue.publish.
        ring.rmb();
        counters.addRmb(1);
        chain.begin();
        boolean inList = taken.parts().size() > 1;
        for (int i = 0; i < taken.parts().size(); i++) {
            Part part = taken.parts().get(i);
            boolean accepted = part.flags() == DescFlags.INDIRECT
                    ? walkTable(chain, i, part.address(), part.lengthBytes(), inList)
                    : append(chain, i, part.address(), part.lengthBytes(), part.flags() == DescFlags.WRITE);
            if (!accepted) {
                return false;
            }
        }
        return true;
    }

    @Override
    QueueState state(List<Taken> taken) {
        return new QueueState(
                RingFormat.PACKED, size, avail.offWrap(), published.offWrap(), uncalledDescriptors > 0, taken);
    }

    /** The pieces that the descriptors came to: tables and all, so that nothing is read a second time. */
    @Override
    List<Part> parts(DescriptorChain chain) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < chain.pieces(); i++) {
            long address = chain.pieceMemory(i).guestAddress() + chain.pieceOffset(i);
            parts.add(new Part(address, chain.pieceLengthBytes(i), i < chain.readablePieces() ? 0 : DescFlags.WRITE));
        }
        return parts;
    }

    @Override
    int nextAvailable() {
        if (isBroken()) {
            return BROKEN;
        }
        if (!avail.isAvail(ring.flagsOpaque(avail.slot()))) {
            return EMPTY;
        }
        // A': the flags before the rest of the descriptors. Partner: A in PackedDriverQueue.publish.
        Rmb rmb = ring.rmb();
        counters.addRmb(1);
        if (unshownSlots == size) {
            return breakQueue("slot " + avail.slot() + " is available with all " + size + " not yet shown used");
        }
        int handle = freeHandles[freeHandleCount - 1];
        DescriptorChain chain = pooled(handle);
        if (!walk(chain, rmb)) {
            return BROKEN;
        }
        freeHandleCount--;
        return handle;
    }

    private boolean walk(DescriptorChain chain, Rmb rmb) {
        chain.begin();
        int slot = avail.slot();
        for (int count = 1; count <= size - unshownSlots; count++) {
            long address = ring.address(rmb, slot);
            long word = ring.word(rmb, slot);
            int flags = PackedWord.flags(word);
            boolean hasNext = (flags & DescFlags.NEXT) != 0;
            boolean accepted;
            if ((flags & DescFlags.INDIRECT) != 0) {
                // A list is all direct or one indirect descriptor (VirtIO 1.2, 2.8.7).
                accepted = walkTable(chain, slot, address, PackedWord.lengthBytes(word), hasNext || count > 1);
            } else {
                boolean writable = (flags & DescFlags.WRITE) != 0;
                accepted = append(chain, slot, address, PackedWord.lengthBytes(word), writable);
            }
            if (!accepted) {
                return false;
            }
            if (!hasNext) {
                take(chain, PackedWord.id(word), count);
                unshownSlots += count;
                avail.advance(count);
                return true;
            }
            slot = slot + 1 < size ? slot + 1 : 0;
        }
        breakQueue("the list in slot " + avail.slot() + " is longer than the queue, " + unshownSlots + " of whose "
                + size + " slots are not yet shown used");
        return false;
    }

    private boolean walkTable(DescriptorChain chain, int slot, long address, long lengthBytes, boolean inList) {
        IndirectReader table = openTable(slot, address, lengthBytes, inList);
        if (table == null) {
            return false;
        }
        if (table.entries() > size) {
            breakQueue("the table of slot " + slot + " has " + table.entries() + " entries, more than the queue");
            return false;
        }
        for (int entry = 0; entry < table.entries(); entry++) {
            // Only WRITE means something here; id and all other flags are not looked at (VirtIO 1.2, 2.8.7).
            long word = table.load(entry);
            boolean writable = (PackedWord.flags(word) & DescFlags.WRITE) != 0;
            if (!append(chain, slot, table.address(), PackedWord.lengthBytes(word), writable)) {
                return false;
            }
        }
        return true;
    }

    @Override
    void writeUsed(DescriptorChain chain, int lengthBits, boolean merge) {
        if (!merge) {
            elementSlot = used.slot();
            elementUsedFlags = used.usedFlags();
        }
        int flags = elementUsedFlags | (lengthBits != 0 ? DescFlags.WRITE : 0);
        if (batchSlot == NONE || batchSlot == elementSlot) {
            batchSlot = elementSlot;
            batchFlags = flags;
            ring.putAnswerWithoutFlags(elementSlot, lengthBits, chain.id());
        } else {
            ring.putAnswer(elementSlot, lengthBits, chain.id(), flags);
        }
        used.advance(chain.ringDescriptors());
        batchDescriptors += chain.ringDescriptors();
        batchChains++;
        freeHandles[freeHandleCount++] = chain.handle();
    }

    @Override
    public void publish() {
        if (batchSlot == NONE || isBroken()) {
            return;
        }
        // B: descriptors and buffers read, data and used descriptors written, before the flags of the first. Partner:
        // B'
        // in PackedDriverQueue.poll. Being a release and not a store-store fence, it also keeps our loads of the
        // descriptors ahead of the driver's next use of their slots (F).
        Wmb wmb = ring.wmb();
        ring.publishFlags(wmb, batchSlot, batchFlags);
        batchSlot = NONE;
        published.moveTo(used);
        uncalledDescriptors = EventIdx.saturated(uncalledDescriptors + batchDescriptors);
        unshownSlots -= batchDescriptors;
        closeMerge();
        counters.addWmb(1);
        counters.addCompletions(batchChains);
        batchDescriptors = 0;
        batchChains = 0;
    }

    @Override
    public boolean callNeeded() {
        if (uncalledDescriptors == 0 || isBroken()) {
            return false;
        }
        // D: the flags before the event suppression is loaded. Partner: D' in PackedDriverQueue.enableCallbacks.
        Mb mb = ring.mb();
        boolean needed = published.eventNeeded(ring.driverEventOpaque(mb), uncalledDescriptors, eventIdx);
        uncalledDescriptors = 0;
        return countCall(needed);
    }

    @Override
    public boolean enableNotifications() {
        if (isBroken()) {
            return true;
        }
        if (eventIdx) {
            ring.putDeviceEventOffWrap(avail.offWrap());
            // E: the position before the flags that make it count. Partner: the one 32-bit load in
            // PackedDriverQueue.kickNeeded.
            Wmb wmb = ring.wmb();
            ring.publishDeviceEventDesc(wmb);
            counters.addWmb(1);
        } else {
            ring.putDeviceEventFlags(PackedLayout.EVENT_ENABLE);
        }
        // C': the wish before the last look at the flags. Partner: C in PackedDriverQueue.kickNeeded.
        Mb mb = ring.mb();
        counters.addMb(1);
        return !avail.isAvail(ring.flagsOpaque(mb, avail.slot()));
    }

    @Override
    public void disableNotifications() {
        if (isBroken()) {
            return;
        }
        ring.putDeviceEventFlags(PackedLayout.EVENT_DISABLE);
    }
}
