// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import java.util.Arrays;

/**
 * What the watched sectors of a disk hold: the first ones and the last ones, where a range that wraps around or is cut short
 * would land; of a small disk, all. A sector is unknown once a request was allowed to leave anything in it.
 */
final class DiskModel {
    /** At each end of the disk. */
    static final int WINDOW_SECTORS = 32;

    private final long capacitySectors;
    private final int lowSectors;
    private final int highSectors;
    private final byte[] bytes;
    private final boolean[] known;

    DiskModel(long capacitySectors) {
        this.capacitySectors = capacitySectors;
        this.lowSectors = (int) Math.min(capacitySectors, WINDOW_SECTORS);
        this.highSectors = (int) Math.min(capacitySectors - lowSectors, WINDOW_SECTORS);
        this.bytes = new byte[(lowSectors + highSectors) * BlkRequests.SECTOR_BYTES];
        this.known = new boolean[lowSectors + highSectors];
    }

    long capacitySectors() {
        return capacitySectors;
    }

    int watched() {
        return known.length;
    }

    /** Where a watched sector lies on the disk. */
    long sectorAt(int index) {
        return index < lowSectors ? index : capacitySectors - highSectors + (index - lowSectors);
    }

    /** The other way round; -1 for a sector that is not watched. */
    private int indexOf(long sector) {
        if (sector >= 0 && sector < lowSectors) {
            return (int) sector;
        }
        long fromEnd = capacitySectors - sector;
        boolean high = sector >= 0 && fromEnd > 0 && fromEnd <= highSectors;
        return high ? (int) (lowSectors + highSectors - fromEnd) : -1;
    }

    /** The run of watched sectors that begins at an index and lies in a row on the disk: no longer than a window. */
    int runFrom(int index) {
        return (index < lowSectors ? lowSectors : known.length) - index;
    }

    boolean isKnown(long sector) {
        int index = indexOf(sector);
        return index >= 0 && known[index];
    }

    byte[] sector(long sector) {
        int at = indexOf(sector) * BlkRequests.SECTOR_BYTES;
        return Arrays.copyOfRange(bytes, at, at + BlkRequests.SECTOR_BYTES);
    }

    /** Data lies on the disk from a sector on. Sectors that are not watched are left out. */
    void put(long firstSector, byte[] data) {
        for (int done = 0; done < data.length; done += BlkRequests.SECTOR_BYTES) {
            int index = indexOf(firstSector + done / BlkRequests.SECTOR_BYTES);
            if (index >= 0) {
                System.arraycopy(data, done, bytes, index * BlkRequests.SECTOR_BYTES, BlkRequests.SECTOR_BYTES);
                known[index] = true;
            }
        }
    }

    /** Anything may lie there now. What of the range is not on the disk is left out, and nothing wraps around. */
    void forget(long firstSector, long sectors) {
        for (int i = 0; i < known.length; i++) {
            // Both are differences of sectors on the disk and a 64-bit number, compared as unsigned ones.
            if (Long.compareUnsigned(sectorAt(i), firstSector) >= 0
                    && Long.compareUnsigned(sectorAt(i) - firstSector, sectors) < 0) {
                known[i] = false;
            }
        }
    }
}
