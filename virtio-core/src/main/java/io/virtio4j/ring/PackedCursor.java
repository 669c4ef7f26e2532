// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.PackedLayout;

/**
 * A position in a packed ring: a slot and the wrap counter that belongs to it.
 *
 * <p>Each side has two: where it makes descriptors available or takes them, and where it takes or writes used ones. The wrap
 * counter starts at 1 and toggles whenever the position passes the last slot, in the middle of a list too. One thread.
 *
 * <p>VirtIO 1.2, 2.8.1 Driver and Device Ring Wrap Counters.
 */
public final class PackedCursor {
    private static final int OFF_MASK = 0x7FFF;
    private static final int WRAP_SHIFT = 15;

    private final int queueSize;
    private int slot;
    private boolean wrap = true;

    /**
     * Makes a position at slot 0 of the first lap.
     *
     * @param queueSize how many slots there are
     */
    public PackedCursor(int queueSize) {
        this.queueSize = queueSize;
    }

    /** {@return the slot} */
    public int slot() {
        return slot;
    }

    /**
     * Moves on.
     *
     * @param slots by how many, at most the queue size
     */
    public void advance(int slots) {
        slot += slots;
        if (slot >= queueSize) {
            slot -= queueSize;
            wrap = !wrap;
        }
    }

    /**
     * Moves to where another position is.
     *
     * @param other in the same queue
     */
    public void moveTo(PackedCursor other) {
        slot = other.slot;
        wrap = other.wrap;
    }

    /**
     * Moves to a position as {@link #offWrap()} gives it.
     *
     * @param offWrap slot, below the queue size, and the wrap counter in bit 15
     */
    public void moveTo(int offWrap) {
        slot = offWrap & OFF_MASK;
        wrap = offWrap >>> WRAP_SHIFT != 0;
    }

    /** {@return the AVAIL and USED bits that make a descriptor here available} */
    public int availFlags() {
        return wrap ? PackedLayout.DESC_F_AVAIL : PackedLayout.DESC_F_USED;
    }

    /** {@return the AVAIL and USED bits that make a descriptor here used} */
    public int usedFlags() {
        return wrap ? PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED : 0;
    }

    /**
     * {@return whether a descriptor here is available}
     *
     * @param flags the descriptor's flags
     */
    public boolean isAvail(int flags) {
        return (flags & (PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED)) == availFlags();
    }

    /**
     * {@return whether a descriptor here is used}
     *
     * @param flags the descriptor's flags
     */
    public boolean isUsed(int flags) {
        return (flags & (PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED)) == usedFlags();
    }

    /** {@return the position as event suppression and notification data carry it: slot, and the wrap counter in bit 15} */
    public int offWrap() {
        return slot | (wrap ? 1 << WRAP_SHIFT : 0);
    }

    /**
     * Decides whether the other side wants to be told of the descriptors that ended just before this position. VirtIO 1.2,
     * 2.8.10 Driver and Device Event Suppression.
     *
     * @param event the other side's event suppression structure, both halves from one load
     * @param descriptors how many descriptors there were since the last time this was asked
     * @param eventIdx whether EVENT_IDX was negotiated; without it a wish for one descriptor counts as a wish for all
     * @return whether to notify
     */
    public boolean eventNeeded(int event, int descriptors, boolean eventIdx) {
        int flags = (event >>> Short.SIZE) & 3;
        if (flags == PackedLayout.EVENT_DISABLE) {
            return false;
        }
        // A whole lap or more contains every slot.
        if (flags != PackedLayout.EVENT_DESC || !eventIdx || descriptors >= queueSize) {
            return true;
        }
        boolean eventWrap = ((event >>> WRAP_SHIFT) & 1) != 0;
        int eventOff = (event & OFF_MASK) - (eventWrap == wrap ? 0 : queueSize);
        return EventIdx.needed(eventOff, slot, slot - descriptors);
    }
}
