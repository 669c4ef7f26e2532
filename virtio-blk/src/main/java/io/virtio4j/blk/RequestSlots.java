// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.BlkRequestLayout;

/**
 * Headers and statuses of all requests that can be in flight, carved out once.
 *
 * <pre>
 *   slot + 0                64                     128
 *   +-----------------------+----------------------+
 *   | header, driver writes | status, device writes |
 *   +-----------------------+----------------------+
 * </pre>
 *
 * <p>While a slot is taken the buffer is pinned.
 */
final class RequestSlots {
    /** What a status holds before the device has written it: none that the specification knows. */
    static final int NO_STATUS = 0xFF;

    private static final int SLOT_BYTES = 128;
    private static final int STATUS = 64;

    private final DmaBuffer buffer;
    private final SharedMemory memory;
    private final int[] free;
    private int freeCount;

    RequestSlots(DmaBuffer buffer, int count) {
        this.buffer = buffer;
        this.memory = buffer.memory();
        this.free = new int[count];
        this.freeCount = count;
        for (int i = 0; i < count; i++) {
            free[i] = count - 1 - i;
        }
    }

    static long lengthBytes(int count) {
        return (long) count * SLOT_BYTES;
    }

    static int alignBytes() {
        return SLOT_BYTES;
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

    /** Gives a slot back; the device must be done with it. */
    void putBack(int slot) {
        buffer.unpin();
        free[freeCount++] = slot;
    }

    private long offset(int slot) {
        return buffer.offset() + (long) slot * SLOT_BYTES;
    }

    long headerAddress(int slot) {
        return buffer.guestAddress() + (long) slot * SLOT_BYTES;
    }

    long statusAddress(int slot) {
        return headerAddress(slot) + STATUS;
    }

    int status(int slot) {
        return memory.getByte(offset(slot) + STATUS);
    }

    void free() {
        buffer.free();
    }
}
