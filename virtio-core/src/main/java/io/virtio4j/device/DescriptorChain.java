// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;

/**
 * One request as a device sees it: bytes to read, then bytes to write, wherever in guest memory they lie.
 *
 * <p>The chain was checked when it was taken: every piece lies in guest memory, readable parts come first, there are at
 * most 2^32 bytes. Its descriptors are private copies, so nothing that the driver does now changes where the pieces are.
 * The <em>contents</em> of the pieces stay the driver's: read a field once, into a local variable, and check that.
 *
 * <p>Positions count bytes from the first readable or the first writable byte, across pieces: how the driver cut the
 * request into descriptors makes no difference (VirtIO 1.2, 2.7.4.1 Device Requirements: Message Framing). An access
 * outside the readable or writable bytes is a mistake of the device, not of the driver, and throws.
 *
 * <p>Chains are pooled: one belongs to the device from {@code next()} until it is completed, and must not be touched
 * afterwards. Only the queue's thread uses it.
 */
public final class DescriptorChain {
    private final ChainPieces pieces;
    private final int handle;
    private int id;
    private int ringDescriptors;
    private int readablePieces;
    private long readableBytes;
    private long writableBytes;
    private boolean hasWritable;
    private boolean taken;

    /** Counts the chains of the queue: the order in which they were taken. */
    private long takenSerial;

    DescriptorChain(GuestMemory memory, int handle) {
        this.pieces = new ChainPieces(memory);
        this.handle = handle;
    }

    void begin() {
        pieces.clear();
        readablePieces = 0;
        readableBytes = 0;
        writableBytes = 0;
        hasWritable = false;
    }

    /** Adds one descriptor's buffer; false if some of it lies outside guest memory. */
    boolean append(long address, long lengthBytes, boolean writable) {
        if (!pieces.add(address, lengthBytes)) {
            return false;
        }
        if (writable) {
            hasWritable = true;
            writableBytes += lengthBytes;
        } else {
            readableBytes += lengthBytes;
            readablePieces = pieces.count();
        }
        return true;
    }

    /** Whether there was a writable descriptor, be it an empty one: no readable one may follow. */
    boolean hasWritable() {
        return hasWritable;
    }

    boolean isTaken() {
        return taken;
    }

    void take(int bufferId, int descriptors, long serial) {
        taken = true;
        takenSerial = serial;
        id = bufferId;
        ringDescriptors = descriptors;
    }

    void release() {
        taken = false;
    }

    /** What the used element names: a split chain's first descriptor, a packed chain's buffer id. */
    int id() {
        return id;
    }

    long takenSerial() {
        return takenSerial;
    }

    /** How many descriptors of the ring the chain takes. */
    int ringDescriptors() {
        return ringDescriptors;
    }

    /** {@return what {@link DeviceQueue#next()} returned for this chain, and {@link DeviceQueue#complete} wants back} */
    public int handle() {
        return handle;
    }

    /** {@return how many bytes the device may read} */
    public long readableBytes() {
        return readableBytes;
    }

    /** {@return how many bytes the device may write} */
    public long writableBytes() {
        return writableBytes;
    }

    /** {@return how many pieces the readable bytes lie in; they are the pieces numbered from 0} */
    public int readablePieces() {
        return readablePieces;
    }

    /** {@return how many pieces there are in all; the writable ones follow the readable ones} */
    public int pieces() {
        return pieces.count();
    }

    /**
     * Tells where a piece lies.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return the region
     */
    public SharedMemory pieceMemory(int piece) {
        return pieces.regions[pieces.check(piece)];
    }

    /**
     * Tells where a piece lies.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return the offset of its first byte in {@link #pieceMemory}
     */
    public long pieceOffset(int piece) {
        return pieces.offsets[pieces.check(piece)];
    }

    /**
     * Tells how long a piece is.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return its length in bytes
     */
    public long pieceLengthBytes(int piece) {
        return pieces.lengths[pieces.check(piece)];
    }

    /**
     * Loads a byte of the readable part.
     *
     * @param position from the first readable byte
     * @return 0..255
     */
    public int getByte(long position) {
        int piece = readablePiece(position, Byte.BYTES);
        return pieces.regions[piece].getByte(pieces.offsets[piece] + (position - pieces.start(0, piece)));
    }

    /**
     * Loads 32 little-endian bits of the readable part.
     *
     * @param position from the first readable byte
     * @return the bits
     */
    public int getLe32(long position) {
        int piece = readablePiece(position, Integer.BYTES);
        long within = position - pieces.start(0, piece);
        if (within + Integer.BYTES <= pieces.lengths[piece]) {
            return pieces.regions[piece].getLe32(pieces.offsets[piece] + within);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value |= getByte(position + i) << (Byte.SIZE * i);
        }
        return value;
    }

    /**
     * Loads 64 little-endian bits of the readable part.
     *
     * @param position from the first readable byte
     * @return the bits
     */
    public long getLe64(long position) {
        int piece = readablePiece(position, Long.BYTES);
        long within = position - pieces.start(0, piece);
        if (within + Long.BYTES <= pieces.lengths[piece]) {
            return pieces.regions[piece].getLe64(pieces.offsets[piece] + within);
        }
        return (getLe32(position) & 0xFFFF_FFFFL) | ((long) getLe32(position + Integer.BYTES) << Integer.SIZE);
    }

    /**
     * Copies bytes of the readable part into a region.
     *
     * @param position from the first readable byte
     * @param destination where to
     * @param destinationOffset first byte there
     * @param lengthBytes how many
     */
    public void copyTo(long position, SharedMemory destination, long destinationOffset, long lengthBytes) {
        checkRange(position, lengthBytes, readableBytes, "readable");
        long done = 0;
        long start = 0;
        for (int piece = 0; piece < readablePieces && done < lengthBytes; piece++) {
            long within = position + done - start;
            if (within < pieces.lengths[piece]) {
                long part = Math.min(pieces.lengths[piece] - within, lengthBytes - done);
                pieces.regions[piece].copyTo(
                        pieces.offsets[piece] + within, destination, destinationOffset + done, part);
                done += part;
            }
            start += pieces.lengths[piece];
        }
    }

    /**
     * Copies bytes of the readable part into an array.
     *
     * @param position from the first readable byte
     * @param destination where to
     * @param destinationIndex first byte there
     * @param lengthBytes how many
     */
    public void getBytes(long position, byte[] destination, int destinationIndex, int lengthBytes) {
        checkRange(position, lengthBytes, readableBytes, "readable");
        int done = 0;
        long start = 0;
        for (int piece = 0; piece < readablePieces && done < lengthBytes; piece++) {
            long within = position + done - start;
            if (within < pieces.lengths[piece]) {
                int part = (int) Math.min(pieces.lengths[piece] - within, lengthBytes - done);
                pieces.regions[piece].getBytes(
                        pieces.offsets[piece] + within, destination, destinationIndex + done, part);
                done += part;
            }
            start += pieces.lengths[piece];
        }
    }

    /**
     * Stores a byte in the writable part.
     *
     * @param position from the first writable byte
     * @param value its low 8 bits
     */
    public void putByte(long position, int value) {
        int piece = writablePiece(position, Byte.BYTES);
        pieces.regions[piece].putByte(pieces.offsets[piece] + (position - pieces.start(readablePieces, piece)), value);
    }

    /**
     * Stores 32 little-endian bits in the writable part.
     *
     * @param position from the first writable byte
     * @param value the bits
     */
    public void putLe32(long position, int value) {
        int piece = writablePiece(position, Integer.BYTES);
        long within = position - pieces.start(readablePieces, piece);
        if (within + Integer.BYTES <= pieces.lengths[piece]) {
            pieces.regions[piece].putLe32(pieces.offsets[piece] + within, value);
            return;
        }
        for (int i = 0; i < Integer.BYTES; i++) {
            putByte(position + i, value >>> (Byte.SIZE * i));
        }
    }

    /**
     * Stores 64 little-endian bits in the writable part.
     *
     * @param position from the first writable byte
     * @param value the bits
     */
    public void putLe64(long position, long value) {
        int piece = writablePiece(position, Long.BYTES);
        long within = position - pieces.start(readablePieces, piece);
        if (within + Long.BYTES <= pieces.lengths[piece]) {
            pieces.regions[piece].putLe64(pieces.offsets[piece] + within, value);
            return;
        }
        putLe32(position, (int) value);
        putLe32(position + Integer.BYTES, (int) (value >>> Integer.SIZE));
    }

    /**
     * Copies bytes of a region into the writable part.
     *
     * @param position from the first writable byte
     * @param source where from
     * @param sourceOffset first byte there
     * @param lengthBytes how many
     */
    public void copyFrom(long position, SharedMemory source, long sourceOffset, long lengthBytes) {
        checkRange(position, lengthBytes, writableBytes, "writable");
        long done = 0;
        long start = 0;
        for (int piece = readablePieces; piece < pieces.count() && done < lengthBytes; piece++) {
            long within = position + done - start;
            if (within < pieces.lengths[piece]) {
                long part = Math.min(pieces.lengths[piece] - within, lengthBytes - done);
                source.copyTo(sourceOffset + done, pieces.regions[piece], pieces.offsets[piece] + within, part);
                done += part;
            }
            start += pieces.lengths[piece];
        }
    }

    /**
     * Copies bytes of an array into the writable part.
     *
     * @param position from the first writable byte
     * @param source where from
     * @param sourceIndex first byte there
     * @param lengthBytes how many
     */
    public void putBytes(long position, byte[] source, int sourceIndex, int lengthBytes) {
        checkRange(position, lengthBytes, writableBytes, "writable");
        int done = 0;
        long start = 0;
        for (int piece = readablePieces; piece < pieces.count() && done < lengthBytes; piece++) {
            long within = position + done - start;
            if (within < pieces.lengths[piece]) {
                int part = (int) Math.min(pieces.lengths[piece] - within, lengthBytes - done);
                pieces.regions[piece].putBytes(pieces.offsets[piece] + within, source, sourceIndex + done, part);
                done += part;
            }
            start += pieces.lengths[piece];
        }
    }

    private int readablePiece(long position, int lengthBytes) {
        checkRange(position, lengthBytes, readableBytes, "readable");
        return pieces.at(0, position);
    }

    private int writablePiece(long position, int lengthBytes) {
        checkRange(position, lengthBytes, writableBytes, "writable");
        return pieces.at(readablePieces, position);
    }

    private void checkRange(long position, long lengthBytes, long available, String part) {
        if (!taken || (position | lengthBytes | (available - lengthBytes) | (available - lengthBytes - position)) < 0) {
            throw new IndexOutOfBoundsException(
                    taken
                            ? "position " + position + ", " + lengthBytes + " bytes, of " + available + " " + part
                                    + " bytes"
                            : "chain " + handle + " was already completed");
        }
    }

    @Override
    public String toString() {
        return "DescriptorChain[" + handle + ": " + readableBytes + " readable, " + writableBytes
                + " writable bytes in " + pieces.count() + " pieces]";
    }
}
