// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.GpuLayout.MemEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that a resource is filled from, as a list of pieces: one after the other they hold the resource's rows,
 * without a gap. Pieces may lie anywhere and have any size; a pixel may lie in two of them. An immutable value.
 *
 * <p>Buffers of a {@code DmaArena} are pinned while they are attached, so they cannot be freed under the device. Memory that
 * is named by address only is the caller's to keep.
 */
public final class Backing {
    private static final long MAX_PIECE_BYTES = (1L << 32) - 1;

    private final List<Piece> pieces;
    private final List<DmaBuffer> buffers;
    private final long lengthBytes;

    /**
     * One run of bytes.
     *
     * @param guestAddress its first byte
     * @param lengthBytes 1..2^32-1
     */
    public record Piece(long guestAddress, long lengthBytes) {
        /**
         * Checks the length.
         *
         * @param guestAddress its first byte
         * @param lengthBytes 1..2^32-1
         * @throws IllegalArgumentException if the length is out of range
         */
        public Piece {
            if (lengthBytes < 1 || lengthBytes > MAX_PIECE_BYTES) {
                throw new IllegalArgumentException("a piece has 1.." + MAX_PIECE_BYTES + " bytes, not " + lengthBytes);
            }
        }
    }

    private Backing(List<Piece> pieces, List<DmaBuffer> buffers) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a backing has at least one piece");
        }
        this.pieces = List.copyOf(pieces);
        this.buffers = List.copyOf(buffers);
        this.lengthBytes = pieces.stream().mapToLong(Piece::lengthBytes).sum();
    }

    /**
     * Takes memory by address. It must stay as it is for as long as the backing is attached.
     *
     * @param pieces at least one
     * @return the backing
     * @throws IllegalArgumentException if there is none
     */
    public static Backing ofPieces(List<Piece> pieces) {
        return new Backing(pieces, List.of());
    }

    /**
     * Takes whole buffers.
     *
     * @param buffers at least one
     * @return the backing
     * @throws IllegalArgumentException if there is none
     */
    public static Backing ofBuffers(DmaBuffer... buffers) {
        List<Piece> pieces = new ArrayList<>();
        for (DmaBuffer buffer : buffers) {
            pieces.add(new Piece(buffer.guestAddress(), buffer.lengthBytes()));
        }
        return new Backing(pieces, List.of(buffers));
    }

    /** {@return the pieces in order} */
    public List<Piece> pieces() {
        return pieces;
    }

    /** {@return the bytes of all pieces} */
    public long lengthBytes() {
        return lengthBytes;
    }

    long entriesBytes() {
        return (long) pieces.size() * MemEntry.LENGTH_BYTES;
    }

    /** Pins all buffers, or none if one of them was freed. */
    void pin() {
        int pinned = 0;
        try {
            for (DmaBuffer buffer : buffers) {
                buffer.pin();
                pinned++;
            }
        } catch (IllegalStateException e) {
            buffers.subList(0, pinned).forEach(DmaBuffer::unpin);
            throw e;
        }
    }

    void unpin() {
        buffers.forEach(DmaBuffer::unpin);
    }

    @Override
    public String toString() {
        return "Backing[" + lengthBytes + " bytes in " + pieces.size() + " pieces]";
    }
}
