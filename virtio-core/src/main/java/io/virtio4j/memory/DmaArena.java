// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.util.Map;
import java.util.TreeMap;

/**
 * Hands out aligned buffers of one region to a driver: rings, request headers, backing pages.
 *
 * <p>First fit over an ordered list of free ranges, which join again when they meet. Allocation is part of set-up; no
 * driver allocates for a request. One thread at a time may use an arena.
 */
public final class DmaArena {
    private final SharedMemory memory;
    private final TreeMap<Long, Long> freeLengthByOffset = new TreeMap<>();

    /**
     * Manages all of a region.
     *
     * @param memory the region; nobody else may carve from it
     */
    public DmaArena(SharedMemory memory) {
        this.memory = memory;
        freeLengthByOffset.put(0L, memory.lengthBytes());
    }

    /** {@return the region that the buffers come from} */
    public SharedMemory memory() {
        return memory;
    }

    /**
     * Carves a zeroed buffer. One that is not longer than a window of the region lies in one window, where its
     * alignment lets it, so that {@link
     * SharedMemory#view} can show it.
     *
     * @param lengthBytes more than 0
     * @param alignmentBytes of the guest address; a power of two
     * @return the buffer
     * @throws IllegalArgumentException if the length or the alignment is not as said
     * @throws IllegalStateException if no free range is large enough
     */
    public DmaBuffer allocate(long lengthBytes, long alignmentBytes) {
        if (lengthBytes <= 0 || alignmentBytes <= 0 || Long.bitCount(alignmentBytes) != 1) {
            throw new IllegalArgumentException(
                    "a buffer needs a positive length and an alignment that is a power of two: " + lengthBytes
                            + " bytes, aligned to " + alignmentBytes);
        }
        for (Map.Entry<Long, Long> range : freeLengthByOffset.entrySet()) {
            long start = range.getKey();
            long end = start + range.getValue();
            long offset = alignedOffset(start, lengthBytes, alignmentBytes);
            if (offset >= start && offset <= end - lengthBytes) {
                carve(start, end, offset, lengthBytes);
                memory.fill(offset, lengthBytes, 0);
                return new DmaBuffer(this, memory, offset, lengthBytes);
            }
        }
        throw new IllegalStateException("no " + lengthBytes + " bytes aligned to " + alignmentBytes + " are free: "
                + freeBytes() + " of " + memory.lengthBytes() + " bytes are left, in " + freeLengthByOffset.size()
                + " pieces");
    }

    /** {@return how many bytes are free in all} */
    public long freeBytes() {
        return freeLengthByOffset.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The first offset from a start on where a buffer is aligned and lies in one window, if it fits into one. */
    private long alignedOffset(long start, long lengthBytes, long alignmentBytes) {
        long offset = alignUp(memory.guestAddress() + start, alignmentBytes) - memory.guestAddress();
        long leftInWindow = memory.windowBytes() - (offset & (memory.windowBytes() - 1));
        if (offset < start || lengthBytes <= leftInWindow || lengthBytes > memory.windowBytes()) {
            return offset;
        }
        return alignUp(memory.guestAddress() + offset + leftInWindow, alignmentBytes) - memory.guestAddress();
    }

    private static long alignUp(long value, long alignmentBytes) {
        return (value + alignmentBytes - 1) & -alignmentBytes;
    }

    private void carve(long start, long end, long offset, long lengthBytes) {
        freeLengthByOffset.remove(start);
        putUnlessEmpty(start, offset - start);
        putUnlessEmpty(offset + lengthBytes, end - offset - lengthBytes);
    }

    private void putUnlessEmpty(long offset, long lengthBytes) {
        if (lengthBytes > 0) {
            freeLengthByOffset.put(offset, lengthBytes);
        }
    }

    void release(long offset, long lengthBytes) {
        long start = offset;
        long end = offset + lengthBytes;
        Map.Entry<Long, Long> before = freeLengthByOffset.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
        }
        Long after = freeLengthByOffset.remove(end);
        if (after != null) {
            end += after;
        }
        freeLengthByOffset.put(start, end - start);
    }
}
