// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.ring.DescWord;
import io.virtio4j.ring.SplitRing;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DescFlags;
import java.util.List;
import org.agrona.ErrorHandler;

/**
 * The device's half of a split virtqueue. VirtIO 1.2, 2.7 Split Virtqueues.
 *
 * <p>When the index shows progress, one read barrier is issued and the heads of all new slots are copied: the lines of
 * the available ring are read once, while the driver is likely to be writing the next ones, and a slot that the driver
 * changes afterwards has no effect.
 */
final class SplitDeviceQueue extends DeviceQueue {
    private final SplitRing ring;
    private final boolean eventIdx;
    private final int mask;

    /** Heads that the index has shown and that were not taken yet, by masked index. */
    private final int[] heads;

    /** Index of the next slot to take, and how far the driver is known to have come. */
    private int takenIdx;

    private int availIdx;

    /** Index behind the last used element, where that element stands, and what the driver has been shown. */
    private int completedIdx;

    private int elementIdx;
    private int publishedIdx;

    /** Chains published since the driver was last asked whether it wants to be told. */
    private int uncalled;

    SplitDeviceQueue(
            QueueConfig config, SplitRing ring, GuestMemory memory, CallSink callSink, ErrorHandler errorHandler) {
        super(config, memory, callSink, errorHandler);
        this.ring = ring;
        this.eventIdx = config.eventIdx();
        this.mask = ring.size() - 1;
        this.heads = new int[ring.size()];
    }

    @Override
    void standAt(QueueState state) {
        takenIdx = state.nextAvail();
        availIdx = takenIdx;
        completedIdx = state.nextUsed();
        publishedIdx = completedIdx;
        uncalled = state.callPending() ? EventIdx.saturated(Integer.MAX_VALUE) : 0;
    }

    @Override
    int claimHandle(int id) {
        return id;
    }

    @Override
    boolean walkAgain(DescriptorChain chain, Taken taken) {
        // A': being handed the state is the sight of progress here; the descriptors come after it. Partner: A in
        // SplitDriverQueue.publish.
        ring.rmb();
        counters.addRmb(1);
        return walk(chain, taken.id());
    }

    @Override
    QueueState state(List<Taken> taken) {
        return new QueueState(RingFormat.SPLIT, heads.length, takenIdx, publishedIdx, uncalled > 0, taken);
    }

    @Override
    List<Part> parts(DescriptorChain chain) {
        return List.of();
    }

    @Override
    int nextAvailable() {
        if (isBroken()) {
            return BROKEN;
        }
        if (takenIdx == availIdx) {
            int pending = loadHeads();
            if (pending <= 0) {
                return pending;
            }
        }
        int head = heads[takenIdx & mask];
        if (head >= heads.length) {
            return breakQueue("slot " + takenIdx + " names descriptor " + head + " of " + heads.length);
        }
        DescriptorChain chain = pooled(head);
        if (chain.isTaken()) {
            return breakQueue("slot " + takenIdx + " names descriptor " + head + ", which is in flight");
        }
        if (!walk(chain, head)) {
            return BROKEN;
        }
        take(chain, head, 1);
        takenIdx = (takenIdx + 1) & 0xFFFF;
        return head;
    }

    /** Returns how many heads are new, or EMPTY or BROKEN, which are negative. */
    private int loadHeads() {
        int seen = ring.availIdxOpaque();
        int pending = (seen - takenIdx) & 0xFFFF;
        if (pending == 0) {
            return EMPTY;
        }
        // A chain taken and not yet shown used holds a descriptor at least: an honest driver has no more than the rest.
        int unshown = (takenIdx - publishedIdx) & 0xFFFF;
        if (pending > heads.length - unshown) {
            return breakQueue("avail idx went from " + takenIdx + " to " + seen + " in a queue of " + heads.length
                    + " with " + unshown + " chains not yet shown used");
        }
        // A': the index before slots and descriptors. Partner: A in SplitDriverQueue.publish.
        Rmb rmb = ring.rmb();
        counters.addRmb(1);
        for (int i = 0; i < pending; i++) {
            heads[(takenIdx + i) & mask] = ring.availHead(rmb, takenIdx + i);
        }
        availIdx = seen;
        return pending;
    }

    /** Copies and checks the descriptors of a chain; breaks the queue if one is not as the driver must write it. */
    private boolean walk(DescriptorChain chain, int head) {
        chain.begin();
        int slot = head;
        for (int count = 1; count <= heads.length; count++) {
            long address = ring.descriptorAddress(slot);
            long word = ring.descriptorWord(slot);
            int flags = DescWord.flags(word);
            boolean hasNext = (flags & DescFlags.NEXT) != 0;
            if ((flags & DescFlags.INDIRECT) != 0) {
                return walkTable(chain, slot, address, DescWord.lengthBytes(word), hasNext, count);
            }
            if (!append(chain, slot, address, DescWord.lengthBytes(word), (flags & DescFlags.WRITE) != 0)) {
                return false;
            }
            if (!hasNext) {
                return true;
            }
            slot = DescWord.next(word);
            if (slot >= heads.length) {
                breakQueue(
                        "the chain of descriptor " + head + " goes on in descriptor " + slot + " of " + heads.length);
                return false;
            }
        }
        breakQueue("the chain of descriptor " + head + " is longer than the queue: a loop");
        return false;
    }

    private boolean walkTable(
            DescriptorChain chain, int slot, long address, long lengthBytes, boolean hasNext, int before) {
        IndirectReader table = openTable(slot, address, lengthBytes, hasNext);
        if (table == null) {
            return false;
        }
        int entry = 0;
        for (int count = before; count <= heads.length; count++) {
            long word = table.load(entry);
            int flags = DescWord.flags(word);
            if ((flags & DescFlags.INDIRECT) != 0) {
                breakQueue("the table of descriptor " + slot + " refers to another table");
                return false;
            }
            if (!append(chain, slot, table.address(), DescWord.lengthBytes(word), (flags & DescFlags.WRITE) != 0)) {
                return false;
            }
            if ((flags & DescFlags.NEXT) == 0) {
                return true;
            }
            entry = DescWord.next(word);
            if (entry >= table.entries()) {
                breakQueue("the table of descriptor " + slot + " goes on in entry " + entry + " of " + table.entries());
                return false;
            }
        }
        breakQueue("the table of descriptor " + slot + " makes a chain longer than the queue");
        return false;
    }

    @Override
    void writeUsed(DescriptorChain chain, int lengthBits, boolean merge) {
        if (!merge) {
            elementIdx = completedIdx;
        }
        ring.putUsedElement(elementIdx, chain.id(), lengthBits);
        completedIdx = (completedIdx + 1) & 0xFFFF;
    }

    @Override
    public void publish() {
        int completed = (completedIdx - publishedIdx) & 0xFFFF;
        if (completed == 0 || isBroken()) {
            return;
        }
        // B: descriptors and buffers read, data and elements written, before the index. Partner: B' in
        // SplitDriverQueue.poll. Being a release and not a store-store fence, it also keeps our loads of the
        // descriptors
        // ahead of the driver's next use of them (F).
        Wmb wmb = ring.wmb();
        ring.publishUsedIdx(wmb, completedIdx);
        publishedIdx = completedIdx;
        uncalled = EventIdx.saturated(uncalled + completed);
        closeMerge();
        counters.addWmb(1);
        counters.addCompletions(completed);
    }

    @Override
    public boolean callNeeded() {
        if (uncalled == 0 || isBroken()) {
            return false;
        }
        // D: the index before the suppression field is loaded. Partner: D' in SplitDriverQueue.enableCallbacks.
        Mb mb = ring.mb();
        boolean needed = eventIdx
                ? EventIdx.neededAfter(uncalled, ring.usedEventOpaque(mb), publishedIdx)
                : (ring.availFlagsOpaque(mb) & SplitLayout.AVAIL_F_NO_INTERRUPT) == 0;
        uncalled = 0;
        return countCall(needed);
    }

    @Override
    public boolean enableNotifications() {
        if (isBroken()) {
            return true;
        }
        if (eventIdx) {
            ring.putAvailEvent(takenIdx);
        } else {
            ring.putUsedFlags(0);
        }
        // C': the wish before the last look at the index. Partner: C in SplitDriverQueue.kickNeeded.
        Mb mb = ring.mb();
        counters.addMb(1);
        return ring.availIdxOpaque(mb) == takenIdx;
    }

    @Override
    public void disableNotifications() {
        if (isBroken()) {
            return;
        }
        if (eventIdx) {
            // The entry just taken: the driver has passed it, and meets it again only after 65536 more.
            ring.putAvailEvent(takenIdx - 1);
        } else {
            ring.putUsedFlags(SplitLayout.USED_F_NO_NOTIFY);
        }
    }
}
