// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import java.util.Arrays;

/**
 * Ranges of sectors to discard, to fill with zeros or to erase, anywhere on the disk and of any length: a driver cuts them
 * into as many segments and requests as the device's limits ask for.
 *
 * <p>Reusable: fill, submit, {@link #clear()}, fill again; a driver copies what it needs while a request is submitted. One
 * thread at a time. Allocates only while it grows.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_discard_write_zeroes}.
 */
public final class BlkRanges {
    private static final int INITIAL_RANGES = 4;

    private long[] sectors = new long[INITIAL_RANGES];
    private long[] counts = new long[INITIAL_RANGES];
    private int count;
    private long sectorCount;

    /** Makes an empty list. */
    public BlkRanges() {}

    /**
     * Makes a list of one range.
     *
     * @param sector the first sector, of 512 bytes
     * @param sectorCount how many there are
     * @return the list
     * @throws IllegalArgumentException as for {@link #add}
     */
    public static BlkRanges of(long sector, long sectorCount) {
        return new BlkRanges().add(sector, sectorCount);
    }

    /**
     * Empties the list.
     *
     * @return this list
     */
    public BlkRanges clear() {
        count = 0;
        sectorCount = 0;
        return this;
    }

    /**
     * Adds a range.
     *
     * @param sector the first sector, of 512 bytes; 0 or more
     * @param rangeSectors how many there are, more than 0
     * @return this list
     * @throws IllegalArgumentException if there is no such range on any disk
     */
    public BlkRanges add(long sector, long rangeSectors) {
        if (sector < 0 || rangeSectors <= 0 || rangeSectors > Long.MAX_VALUE - Math.max(sector, sectorCount)) {
            throw new IllegalArgumentException("no range of a disk: " + rangeSectors + " sectors at sector " + sector);
        }
        if (count == sectors.length) {
            sectors = Arrays.copyOf(sectors, 2 * count);
            counts = Arrays.copyOf(counts, 2 * count);
        }
        sectors[count] = sector;
        counts[count] = rangeSectors;
        count++;
        sectorCount += rangeSectors;
        return this;
    }

    /** Becomes a copy of another list. */
    void set(BlkRanges other) {
        clear();
        for (int range = 0; range < other.count; range++) {
            add(other.sectors[range], other.counts[range]);
        }
    }

    /** {@return how many ranges there are} */
    public int count() {
        return count;
    }

    /** {@return how many sectors all ranges have} */
    public long sectorCount() {
        return sectorCount;
    }

    long sector(int range) {
        return sectors[range];
    }

    long sectors(int range) {
        return counts[range];
    }

    @Override
    public String toString() {
        return "BlkRanges[" + sectorCount + " sectors in " + count + " ranges]";
    }
}
