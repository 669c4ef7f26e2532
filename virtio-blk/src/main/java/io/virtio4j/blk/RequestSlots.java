// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkSegmentLayout;

/**
 * Headers, segments and statuses of all requests that can be in flight, carved out once.
 *
 * <pre>
 *   slot + 0                64                     128                        384
 *   +-----------------------+----------------------+--------------------------+
 *   | header, driver writes | status, device writes | segments, driver writes |
 *   +-----------------------+----------------------+--------------------------+
 * </pre>
 *
 * <p>Without segments, for devices that take no requests that need them, a slot ends after the status.
 *
 * <p>While a slot is taken the buffer is pinned.
 */
final class RequestSlots {
    /** What a status holds before the device has written it: none that the specification knows. */
    static final int NO_STATUS = 0xFF;

    /** Most segments of a request. More would seldom be used: ranges that a driver cuts are long. */
    static final int MAX_SEGMENTS = 16;

    private static final int ALIGN_BYTES = 128;
    private static final int STATUS = 64;
    private static final int SEGMENTS = 128;

    private final DmaBuffer buffer;
    private final SharedMemory memory;
    private final int slotBytes;
    private final int[] free;
    private int freeCount;

    /**
     * Divides a buffer.
     *
     * @param buffer of {@link #lengthBytes}, aligned to {@link #alignBytes}
     */
    RequestSlots(DmaBuffer buffer, int count, boolean withSegments) {
        this.slotBytes = slotBytes(withSegments);
        this.buffer = buffer;
        this.memory = buffer.memory();
        this.free = new int[count];
        this.freeCount = count;
        for (int i = 0; i < count; i++) {
            free[i] = count - 1 - i;
        }
    }

    private static int slotBytes(boolean withSegments) {
        return withSegments ? SEGMENTS + MAX_SEGMENTS * BlkSegmentLayout.LENGTH_BYTES : SEGMENTS;
    }

    static long lengthBytes(int count, boolean withSegments) {
        return (long) count * slotBytes(withSegments);
    }

    static int alignBytes() {
        return ALIGN_BYTES;
    }

    boolean isEmpty() {
        return freeCount == 0;
    }

    /** Takes a slot and writes the header; there must be one. */
    int take(int type, long sector) {
        int slot = free[--freeCount];
        long at = offset(slot);
        memory.putLe32(at + BlkRequestLayout.TYPE, type);
        memory.putLe32(at + BlkRequestLayout.RESERVED, 0);
        memory.putLe64(at + BlkRequestLayout.SECTOR, sector);
        memory.putByte(at + STATUS, NO_STATUS);
        buffer.pin();
        return slot;
    }

    /** Writes a segment of a slot that was taken; one of 0..{@link #MAX_SEGMENTS}-1. */
    void putSegment(int slot, int segment, long sector, long sectors, int flags) {
        long at = offset(slot) + SEGMENTS + (long) segment * BlkSegmentLayout.LENGTH_BYTES;
        memory.putLe64(at + BlkSegmentLayout.SECTOR, sector);
        memory.putLe32(at + BlkSegmentLayout.NUM_SECTORS, (int) sectors);
        memory.putLe32(at + BlkSegmentLayout.FLAGS, flags);
    }

    /** Gives a slot back; the device must be done with it. */
    void putBack(int slot) {
        buffer.unpin();
        free[freeCount++] = slot;
    }

    private long offset(int slot) {
        return buffer.offset() + (long) slot * slotBytes;
    }

    long headerAddress(int slot) {
        return buffer.guestAddress() + (long) slot * slotBytes;
    }

    long statusAddress(int slot) {
        return headerAddress(slot) + STATUS;
    }

    long segmentsAddress(int slot) {
        return headerAddress(slot) + SEGMENTS;
    }

    int status(int slot) {
        return memory.getByte(offset(slot) + STATUS);
    }

    void free() {
        buffer.free();
    }
}
