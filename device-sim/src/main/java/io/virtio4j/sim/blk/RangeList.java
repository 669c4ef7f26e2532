// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkSegmentLayout;
import io.virtio4j.wire.BlkStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The segments of a discard, write-zeroes or secure-erase request: copied once, so that what was checked is what is done,
 * and handed to the store one after the other. One thread at a time.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_discard_write_zeroes}.
 */
final class RangeList {
    private ByteBuffer segments = ByteBuffer.allocate(0);
    private int count;
    private int current = -1;

    /**
     * Copies and checks what follows the header. Nothing is done unless every segment is as it must be.
     *
     * @param chain has a whole header, and room for a status
     * @return OK; UNSUPP for a flag that the operation does not have; IOERR for whatever else cannot be done
     */
    int take(DescriptorChain chain, BlockOp op, BlkRangeLimits limits, long capacityBytes) {
        long dataBytes = chain.readableBytes() - BlkRequestLayout.HEADER_BYTES;
        count = 0;
        current = -1;
        if (chain.writableBytes() != BlkRequestLayout.STATUS_BYTES
                || dataBytes == 0
                || dataBytes % BlkSegmentLayout.LENGTH_BYTES != 0
                || dataBytes / BlkSegmentLayout.LENGTH_BYTES > limits.maxSegments()) {
            return BlkStatus.IOERR;
        }
        copy(chain, (int) dataBytes);
        int allowedFlags = op == BlockOp.WRITE_ZEROES ? BlkSegmentLayout.FLAG_UNMAP : 0;
        for (int i = 0; i < count; i++) {
            if ((flags(i) & ~allowedFlags) != 0) {
                return BlkStatus.UNSUPP;
            }
        }
        for (int i = 0; i < count; i++) {
            if (sectors(i) > Integer.toUnsignedLong(limits.maxSectors())
                    || !Sectors.isWithin(capacityBytes, sector(i), sectors(i) * BlkRequestLayout.SECTOR_BYTES)) {
                return BlkStatus.IOERR;
            }
        }
        return BlkStatus.OK;
    }

    private void copy(DescriptorChain chain, int dataBytes) {
        if (segments.capacity() < dataBytes) {
            // Grows to the longest list of this handle, and then never again.
            segments = ByteBuffer.allocate(dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        chain.getBytes(BlkRequestLayout.HEADER_BYTES, segments.array(), 0, dataBytes);
        count = dataBytes / BlkSegmentLayout.LENGTH_BYTES;
    }

    private long sector(int segment) {
        return segments.getLong(segment * BlkSegmentLayout.LENGTH_BYTES + BlkSegmentLayout.SECTOR);
    }

    private long sectors(int segment) {
        return Integer.toUnsignedLong(
                segments.getInt(segment * BlkSegmentLayout.LENGTH_BYTES + BlkSegmentLayout.NUM_SECTORS));
    }

    private int flags(int segment) {
        return segments.getInt(segment * BlkSegmentLayout.LENGTH_BYTES + BlkSegmentLayout.FLAGS);
    }

    /** Goes to the next segment that is not empty; false if there is none. */
    boolean next() {
        do {
            current++;
        } while (current < count && sectors(current) == 0);
        return current < count;
    }

    /** Forgets the segments that are left. */
    void clear() {
        count = 0;
    }

    long offsetBytes() {
        return sector(current) * BlkRequestLayout.SECTOR_BYTES;
    }

    long lengthBytes() {
        return sectors(current) * BlkRequestLayout.SECTOR_BYTES;
    }

    boolean mayUnmap() {
        return (flags(current) & BlkSegmentLayout.FLAG_UNMAP) != 0;
    }
}
