// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.wire.BlkRequestLayout;

/**
 * How much one request to the device may carry. VirtIO 1.2, 5.2.4 Device configuration layout, {@code size_max} and
 * {@code seg_max}.
 *
 * @param segments most parts of data, at least 1
 * @param segmentBytes most bytes of a part, at least 1
 * @param blockBytes what a request best ends at a multiple of: {@code blk_size}
 */
record RequestLimits(int segments, long segmentBytes, long blockBytes) {
    /** Requests are cut well below the 2^32 bytes of a chain. */
    static final long MAX_REQUEST_BYTES = 1L << 30;

    private static final int HEADER_AND_STATUS = 2;

    /**
     * Works out the limits.
     *
     * @param segMax what the device says, or 0 if it does not
     * @param sizeMaxBytes what the device says, as unsigned 32 bits, or 0 if it does not
     * @param blockBytes size of a block of the disk
     * @param queueSize how many parts a chain can have
     */
    static RequestLimits of(long segMax, long sizeMaxBytes, long blockBytes, int queueSize) {
        int fits = queueSize - HEADER_AND_STATUS;
        return new RequestLimits(
                (int) (segMax > 0 ? Math.min(segMax, fits) : fits),
                sizeMaxBytes > 0 ? Math.min(sizeMaxBytes, MAX_REQUEST_BYTES) : MAX_REQUEST_BYTES,
                blockBytes);
    }

    /** How much of a part goes into the chain as a whole, so that requests end between sectors. */
    long unitBytes() {
        return segmentBytes < BlkRequestLayout.SECTOR_BYTES
                ? BlkRequestLayout.SECTOR_BYTES
                : segmentBytes / BlkRequestLayout.SECTOR_BYTES * BlkRequestLayout.SECTOR_BYTES;
    }

    long segmentsFor(long lengthBytes) {
        return (lengthBytes + segmentBytes - 1) / segmentBytes;
    }

    /** {@return whether a request of one sector is possible at all} */
    boolean allowASector() {
        return segmentsFor(BlkRequestLayout.SECTOR_BYTES) <= segments;
    }

    /** Adds bytes that lie together to a chain, in parts as long as a part may be. */
    void addSegments(BufferChain chain, long address, long lengthBytes, boolean readable) {
        for (long at = 0; at < lengthBytes; at += segmentBytes) {
            long length = Math.min(segmentBytes, lengthBytes - at);
            if (readable) {
                chain.addReadable(address + at, length);
            } else {
                chain.addWritable(address + at, length);
            }
        }
    }
}
