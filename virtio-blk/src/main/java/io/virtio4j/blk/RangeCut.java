// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkSegmentLayout;

/**
 * Cuts ranges into the segments of as many requests as the limits ask for.
 *
 * <p>VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation.
 */
final class RangeCut {
    private final BlkRanges ranges = new BlkRanges();
    private RangeLimits limits = RangeLimits.NONE;
    private int flags;

    /** How much has been given to requests: whole ranges, then sectors of the next one. */
    private int range;

    private long within;

    /** The same after the request that is being put together. */
    private int nextRange;

    private long nextWithin;

    void begin(BlkRanges what, RangeLimits newLimits, boolean unmap) {
        ranges.set(what);
        limits = newLimits;
        // A discard or secure erase never has it: unmap is a write-zeroes' alone.
        flags = unmap ? BlkSegmentLayout.FLAG_UNMAP : 0;
        range = 0;
        within = 0;
    }

    /** Writes the segments of the next request, and returns how many bytes they are. */
    int fill(RequestSlots slots, int slot) {
        nextRange = range;
        nextWithin = within;
        int segments = 0;
        while (nextRange < ranges.count() && segments < limits.segments()) {
            long sector = ranges.sector(nextRange) + nextWithin;
            long take = limits.take(sector, ranges.sectors(nextRange) - nextWithin);
            slots.putSegment(slot, segments, sector, take, flags);
            segments++;
            nextWithin += take;
            if (nextWithin == ranges.sectors(nextRange)) {
                nextRange++;
                nextWithin = 0;
            }
        }
        return segments * BlkSegmentLayout.LENGTH_BYTES;
    }

    /** The request that was filled last has been given to the queue; returns whether it was the last of all. */
    boolean issued() {
        range = nextRange;
        within = nextWithin;
        return range == ranges.count();
    }
}
