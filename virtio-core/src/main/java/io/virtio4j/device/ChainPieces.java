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

    ChainPieces(GuestMemory memory) {
        this.memory = memory;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** Adds a buffer; false if some of it lies outside guest memory. */
    boolean add(long address, long lengthBytes) {
        long done = 0;
        while (done < lengthBytes) {
            int region = memory.regionIndex(address + done);
            if (region == GuestMemory.BAD_ADDRESS) {
                return false;
            }
            long piece = memory.contiguousBytes(region, address + done, lengthBytes - done);
            add(memory.region(region), address + done, piece);
            done += piece;
        }
        return true;
    }

    private void add(SharedMemory region, long address, long lengthBytes) {
        if (count == offsets.length) {
            regions = Arrays.copyOf(regions, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        regions[count] = region;
        offsets[count] = address - region.guestAddress();
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
