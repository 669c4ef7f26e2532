// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.DescFlags;

/**
 * The buffers of one request, as a driver puts them together: parts that the device reads, then parts that it writes.
 *
 * <p>Reusable: fill, offer, {@link #clear()}, fill again. The queue copies what it needs while it offers, so the chain
 * may be changed at once. One thread at a time.
 *
 * <p>Readable parts must come first (VirtIO 1.2, 2.7.4.2 Driver Requirements: Message Framing), and a chain carries at
 * most 2^32 bytes (2.7.5.2 Driver Requirements: The Virtqueue Descriptor Table).
 */
public final class BufferChain {
    private static final long MAX_BYTES = 1L << 32;
    private static final long MAX_PART_BYTES = (1L << 32) - 1;

    private final long[] addresses;
    private final int[] lengths;
    private int count;
    private int readable;
    private long totalBytes;
    private long writableBytes;

    /**
     * Makes an empty chain.
     *
     * @param capacity how many parts it can hold, at least 1
     */
    public BufferChain(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a chain holds at least 1 part, not " + capacity);
        }
        this.addresses = new long[capacity];
        this.lengths = new int[capacity];
    }

    /**
     * Empties the chain.
     *
     * @return this chain
     */
    public BufferChain clear() {
        count = 0;
        readable = 0;
        totalBytes = 0;
        writableBytes = 0;
        return this;
    }

    /**
     * Adds a part that the device reads.
     *
     * @param guestAddress its first byte
     * @param lengthBytes 1..2^32-1
     * @return this chain
     * @throws IllegalStateException if a writable part is already there, the chain is full or would exceed 2^32 bytes
     * @throws IllegalArgumentException if the length is out of range
     */
    public BufferChain addReadable(long guestAddress, long lengthBytes) {
        if (readable != count) {
            throw new IllegalStateException("a readable part cannot follow a writable one: " + this);
        }
        add(guestAddress, lengthBytes);
        readable = count;
        return this;
    }

    /**
     * Adds a part that the device writes.
     *
     * @param guestAddress its first byte
     * @param lengthBytes 1..2^32-1
     * @return this chain
     * @throws IllegalStateException if the chain is full or would exceed 2^32 bytes
     * @throws IllegalArgumentException if the length is out of range
     */
    public BufferChain addWritable(long guestAddress, long lengthBytes) {
        add(guestAddress, lengthBytes);
        writableBytes += lengthBytes;
        return this;
    }

    /**
     * Adds all of a buffer as a readable part.
     *
     * @param buffer the buffer
     * @return this chain
     */
    public BufferChain addReadable(DmaBuffer buffer) {
        return addReadable(buffer.guestAddress(), buffer.lengthBytes());
    }

    /**
     * Adds all of a buffer as a writable part.
     *
     * @param buffer the buffer
     * @return this chain
     */
    public BufferChain addWritable(DmaBuffer buffer) {
        return addWritable(buffer.guestAddress(), buffer.lengthBytes());
    }

    private void add(long guestAddress, long lengthBytes) {
        if (lengthBytes < 1 || lengthBytes > MAX_PART_BYTES) {
            throw new IllegalArgumentException("a part has 1.." + MAX_PART_BYTES + " bytes, not " + lengthBytes);
        }
        if (count == addresses.length || totalBytes + lengthBytes > MAX_BYTES) {
            throw new IllegalStateException("no room for " + lengthBytes + " bytes more: " + this);
        }
        addresses[count] = guestAddress;
        lengths[count] = (int) lengthBytes;
        count++;
        totalBytes += lengthBytes;
    }

    /** {@return how many parts there are} */
    public int count() {
        return count;
    }

    /** {@return how many of them the device reads; they come first} */
    public int readableCount() {
        return readable;
    }

    /** {@return how many bytes the device may write} */
    public long writableBytes() {
        return writableBytes;
    }

    /** The WRITE flag of a part's descriptor, or 0. */
    int writeFlag(int part) {
        return part < readable ? 0 : DescFlags.WRITE;
    }

    long address(int part) {
        return addresses[part];
    }

    int lengthBits(int part) {
        return lengths[part];
    }

    @Override
    public String toString() {
        return "BufferChain[" + readable + " readable, " + (count - readable) + " writable parts of " + addresses.length
                + ", " + totalBytes + " bytes]";
    }
}
