// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.util.Arrays;

/**
 * The guest pages behind a resource, as one run of bytes.
 *
 * <pre>
 *   offset   0            start[1]      start[2]                 lengthBytes()
 *            +------------+-------------+------------------------+
 *            | piece 0    | piece 1     | piece 2                |
 *            +------------+-------------+------------------------+
 *              anywhere in guest memory, each within one region
 * </pre>
 *
 * <p>A private copy of what the driver listed, every piece checked against guest memory when it was added. Neighbours
 * that touch are joined, so that pages in a row are copied at once.
 */
final class Backing {
    private static final int INITIAL_PIECES = 16;

    private final GuestMemory memory;
    private SharedMemory[] regions = new SharedMemory[INITIAL_PIECES];
    private long[] offsets = new long[INITIAL_PIECES];
    private long[] starts = new long[INITIAL_PIECES + 1];
    private int pieces;

    Backing(GuestMemory memory) {
        this.memory = memory;
    }

    /** Adds an entry of the driver's list; false if some of it lies outside guest memory. */
    boolean add(long guestAddress, long lengthBytes) {
        long done = 0;
        while (done < lengthBytes) {
            int index = memory.regionIndex(guestAddress + done);
            if (index == GuestMemory.BAD_ADDRESS) {
                return false;
            }
            SharedMemory region = memory.region(index);
            long part = memory.contiguousBytes(index, guestAddress + done, lengthBytes - done);
            addPiece(region, guestAddress + done - region.guestAddress(), part);
            done += part;
        }
        return true;
    }

    private void addPiece(SharedMemory region, long offset, long lengthBytes) {
        int last = pieces - 1;
        if (last >= 0 && regions[last] == region && offsets[last] + length(last) == offset) {
            starts[pieces] += lengthBytes;
            return;
        }
        if (pieces == offsets.length) {
            regions = Arrays.copyOf(regions, 2 * pieces);
            offsets = Arrays.copyOf(offsets, 2 * pieces);
            starts = Arrays.copyOf(starts, 2 * pieces + 1);
        }
        regions[pieces] = region;
        offsets[pieces] = offset;
        starts[pieces + 1] = starts[pieces] + lengthBytes;
        pieces++;
    }

    private long length(int piece) {
        return starts[piece + 1] - starts[piece];
    }

    /** All bytes of all entries. */
    long lengthBytes() {
        return starts[pieces];
    }

    /**
     * Finds a run of bytes that lie in a row.
     *
     * @return the piece that holds all of it, or -1 if none does
     */
    int pieceOfWhole(long from, long runBytes) {
        int piece = pieceAt(from);
        return from + runBytes <= starts[piece + 1] ? piece : -1;
    }

    SharedMemory region(int piece) {
        return regions[piece];
    }

    /** Where a byte of a piece lies in its region. */
    long regionOffset(int piece, long offset) {
        return offsets[piece] + offset - starts[piece];
    }

    /**
     * Copies rows out of the backing. The caller has checked that they lie in it.
     *
     * @param from where the first row begins in the backing
     * @param fromStrideBytes from one row to the next in the backing; at least {@code rowBytes}
     * @param to where it goes
     * @param at where in {@code to}
     * @param toStrideBytes from one row to the next there
     * @param rowBytes length of a row
     * @param rows at least 1
     */
    void copyRows(
            long from, long fromStrideBytes, SharedMemory to, long at, long toStrideBytes, long rowBytes, long rows) {
        if (rowBytes == fromStrideBytes && rowBytes == toStrideBytes) {
            // Rows without a gap are one run.
            copy(pieceAt(from), from, to, at, rowBytes * rows);
            return;
        }
        int piece = pieceAt(from);
        for (long row = 0; row < rows; row++) {
            // Rows go up in the backing, so the search for the next one goes on where the last one ended.
            piece = copy(piece, from + row * fromStrideBytes, to, at + row * toStrideBytes, rowBytes);
        }
    }

    /** Copies one run of bytes that begins in or after a piece, and returns the piece where it ended. */
    private int copy(int firstPiece, long from, SharedMemory to, long at, long lengthBytes) {
        int piece = firstPiece;
        long done = 0;
        while (true) {
            while (starts[piece + 1] <= from + done) {
                piece++;
            }
            long within = from + done - starts[piece];
            long part = Math.min(length(piece) - within, lengthBytes - done);
            regions[piece].copyTo(offsets[piece] + within, to, at + done, part);
            done += part;
            if (done == lengthBytes) {
                return piece;
            }
        }
    }

    private int pieceAt(long offset) {
        int found = Arrays.binarySearch(starts, 0, pieces, offset);
        return found >= 0 ? found : -found - 2;
    }
}
