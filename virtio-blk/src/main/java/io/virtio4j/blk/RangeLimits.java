// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/**
 * How much one discard, write-zeroes or secure-erase request may cover. VirtIO 1.2, 5.2.4 Device configuration layout, {@code
 * max_discard_sectors} and what follows it.
 *
 * @param sectors most sectors of a segment; 0: the device takes no such request
 * @param segments most segments of a request; 0: the device takes no such request
 * @param alignmentSectors where a range that is too long for a segment is best cut, or 0
 */
record RangeLimits(long sectors, int segments, long alignmentSectors) {
    static final RangeLimits NONE = new RangeLimits(0, 0, 0);

    /**
     * Works out the limits.
     *
     * @param maxSectors what the device says, as unsigned 32 bits
     * @param maxSegments what the device says, as unsigned 32 bits
     * @param alignmentSectors what the device says, as unsigned 32 bits
     */
    static RangeLimits of(long maxSectors, long maxSegments, long alignmentSectors) {
        return new RangeLimits(maxSectors, (int) Math.min(maxSegments, RequestSlots.MAX_SEGMENTS), alignmentSectors);
    }

    /** {@return whether a request of this kind can cover anything} */
    boolean allowAny() {
        return sectors > 0 && segments > 0;
    }

    /**
     * {@return how many sectors the next segment has: all that are left, or as many as allowed, and then up to an aligned
     * sector if one is within reach}
     */
    long take(long sector, long left) {
        if (left <= sectors) {
            return left;
        }
        long over = alignmentSectors > 1 ? (sector + sectors) % alignmentSectors : 0;
        return over < sectors ? sectors - over : sectors;
    }
}
