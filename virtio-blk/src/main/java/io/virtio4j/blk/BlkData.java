// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.BlkRequestLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * The memory of one read or write: parts of buffers that follow each other on the disk, each of whole sectors.
 *
 * <p>Reusable: fill, submit, {@link #clear()}, fill again; a driver copies what it needs while a request is submitted. One
 * thread at a time. Allocates only while it grows.
 */
public final class BlkData {
    private static final int INITIAL_PARTS = 4;

    private DmaBuffer[] buffers = new DmaBuffer[INITIAL_PARTS];
    private long[] offsets = new long[INITIAL_PARTS];
    private long[] lengths = new long[INITIAL_PARTS];
    private int count;
    private long lengthBytes;

    /** Makes an empty list. */
    public BlkData() {}

    /**
     * Empties the list.
     *
     * @return this list
     */
    public BlkData clear() {
        Arrays.fill(buffers, 0, count, null);
        count = 0;
        lengthBytes = 0;
        return this;
    }

    /**
     * Adds all of a buffer.
     *
     * @param buffer the buffer; its length is a multiple of 512
     * @return this list
     */
    public BlkData add(DmaBuffer buffer) {
        return add(buffer, 0, buffer.lengthBytes());
    }

    /**
     * Adds a part of a buffer.
     *
     * @param buffer the buffer
     * @param offset first byte in the buffer
     * @param partBytes more than 0, a multiple of 512 (VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation)
     * @return this list
     * @throws IllegalArgumentException if the length is not as said
     * @throws IndexOutOfBoundsException if the part is not within the buffer
     */
    public BlkData add(DmaBuffer buffer, long offset, long partBytes) {
        if (partBytes <= 0 || partBytes % BlkRequestLayout.SECTOR_BYTES != 0) {
            throw new IllegalArgumentException("a part has whole sectors of " + BlkRequestLayout.SECTOR_BYTES
                    + " bytes, not " + partBytes + " bytes");
        }
        return addBytes(buffer, offset, partBytes);
    }

    /** Adds a part of any length, as the answers of requests other than reads have. */
    BlkData addBytes(DmaBuffer buffer, long offset, long partBytes) {
        Objects.checkFromIndexSize(offset, partBytes, buffer.lengthBytes());
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        buffers[count] = buffer;
        offsets[count] = offset;
        lengths[count] = partBytes;
        count++;
        lengthBytes = Math.addExact(lengthBytes, partBytes);
        return this;
    }

    /** Becomes a copy of another list. */
    void set(BlkData other) {
        clear();
        for (int part = 0; part < other.count; part++) {
            addBytes(other.buffers[part], other.offsets[part], other.lengths[part]);
        }
    }

    /** Announces to each buffer that a request uses it: all of them, or none if one was freed. */
    void pin() {
        for (int part = 0; part < count; part++) {
            try {
                buffers[part].pin();
            } catch (IllegalStateException e) {
                for (int done = 0; done < part; done++) {
                    buffers[done].unpin();
                }
                throw e;
            }
        }
    }

    void unpin() {
        for (int part = 0; part < count; part++) {
            buffers[part].unpin();
        }
    }

    /** {@return how many parts there are} */
    public int count() {
        return count;
    }

    /** {@return the length of all parts in bytes} */
    public long lengthBytes() {
        return lengthBytes;
    }

    long guestAddress(int part) {
        return buffers[part].guestAddress() + offsets[part];
    }

    long partBytes(int part) {
        return lengths[part];
    }

    @Override
    public String toString() {
        return "BlkData[" + lengthBytes + " bytes in " + count + " parts]";
    }
}
