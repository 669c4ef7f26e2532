// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.util.Arrays;

/**
 * Where in guest memory a chain lies: its buffers one after the other, each cut where a region, or what is contiguous of it, ends.
 * Grows to the longest chain that a driver has sent, and allocates nothing after that. One thread, the queue's.
 */
final class ChainPieces {
    private static final int INITIAL_PIECES = 8;

    /** By piece. */
    SharedMemory[] regions = new SharedMemory[INITIAL_PIECES];

    /** By piece: where in its region. */
    long[] offsets = new long[INITIAL_PIECES];

    /** By piece: in bytes. */
    long[] lengths = new long[INITIAL_PIECES];

    private final GuestMemory memory;
    private int count;

    /** Where the last buffer that had to be looked up lay: a window of a region, which the next one is likely to lie in too. */
    private SharedMemory lastRegion;

    private long lastStart;
    private long lastBytes = -1;
    private long lastOffset;

    ChainPieces(GuestMemory memory) {
        this.memory = memory;
        this.lastRegion = memory.region(0);
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** Adds a buffer; false if some of it lies outside guest memory. */
    boolean add(long address, long lengthBytes) {
        long within = address - lastStart;
        long left = lastBytes - lengthBytes;
        // None of them is negative: it is not empty, and lies in the last window. See AgronaMemory.isInHead.
        if (((lengthBytes - 1) | within | left | (left - within)) >= 0) {
            add(lastRegion, lastOffset + within, lengthBytes);
            return true;
        }
        return lookUp(address, lengthBytes);
    }

    private boolean lookUp(long address, long lengthBytes) {
        long done = 0;
        while (done < lengthBytes) {
            int region = memory.regionIndex(address + done);
            if (region == GuestMemory.BAD_ADDRESS) {
                return false;
            }
            long piece = memory.contiguousBytes(region, address + done, lengthBytes - done);
            lastRegion = memory.region(region);
            lastStart = memory.windowStart(region, address + done);
            lastBytes = memory.contiguousBytes(region, lastStart, Long.MAX_VALUE);
            lastOffset = lastStart - lastRegion.guestAddress();
            add(lastRegion, address + done - lastRegion.guestAddress(), piece);
            done += piece;
        }
        return true;
    }

    private void add(SharedMemory region, long offset, long lengthBytes) {
        if (count == offsets.length) {
            regions = Arrays.copyOf(regions, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        if (regions[count] != region) {
            // Not every time: a collector may take note of each reference that is stored, and fence.
            regions[count] = region;
        }
        offsets[count] = offset;
        lengths[count] = lengthBytes;
        count++;
    }

    /** {@return the piece's number, which is in range} */
    int check(int piece) {
        if (piece < 0 || piece >= count) {
            throw new IndexOutOfBoundsException("piece " + piece + " of " + count);
        }
        return piece;
    }

    /** {@return in which piece a position lies that is counted from the start of another, and is in range} */
    int at(int first, long position) {
        int piece = first;
        long left = position;
        while (left >= lengths[piece]) {
            left -= lengths[piece];
            piece++;
        }
        return piece;
    }

    /** {@return the position at which a piece starts, counted from the start of another before it} */
    long start(int first, int piece) {
        long start = 0;
        for (int i = first; i < piece; i++) {
            start += lengths[i];
        }
        return start;
    }
}
