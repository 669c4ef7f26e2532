// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

/**
 * How large a discard, write-zeroes or secure-erase request may be. VirtIO 1.2, 5.2.4 Device configuration layout.
 *
 * @param maxSectors most sectors of a segment, more than 0; a longer one is an I/O error
 * @param maxSegments most segments of a request, more than 0; a request with more is an I/O error
 * @param alignmentSectors the alignment in sectors that suits the store, more than 0: a hint for drivers that split their
 *     requests, not enforced, and not told for write-zeroes requests
 */
public record BlkRangeLimits(int maxSectors, int maxSegments, int alignmentSectors) {
    /** Most segments of a request, which bounds what a device copies of it: a mebibyte. */
    public static final int MAX_SEGMENTS = 1 << 16;

    /**
     * Checks the ranges.
     *
     * @param maxSectors more than 0
     * @param maxSegments 1..65536
     * @param alignmentSectors more than 0
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkRangeLimits {
        if (maxSectors <= 0 || maxSegments <= 0 || maxSegments > MAX_SEGMENTS || alignmentSectors <= 0) {
            throw new IllegalArgumentException("maxSectors " + maxSectors + " and alignmentSectors " + alignmentSectors
                    + " are 1 or more, maxSegments " + maxSegments + " is in 1.." + MAX_SEGMENTS);
        }
    }
}
