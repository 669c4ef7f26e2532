// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.wire.BlkRequestLayout;

/** Places and lengths on a disk, in sectors of 512 bytes whatever the blocks of the disk are. */
final class Sectors {
    private Sectors() {}

    static boolean isWhole(long lengthBytes) {
        return lengthBytes % BlkRequestLayout.SECTOR_BYTES == 0;
    }

    static long requireWhole(long lengthBytes) {
        if (lengthBytes < 0 || !isWhole(lengthBytes)) {
            throw new IllegalArgumentException("a disk has whole sectors of " + BlkRequestLayout.SECTOR_BYTES
                    + " bytes; " + lengthBytes + " bytes are not");
        }
        return lengthBytes;
    }

    static long requireLonger(long lengthBytes, long newLengthBytes) {
        if (newLengthBytes < lengthBytes) {
            throw new IllegalArgumentException(
                    "a disk of " + lengthBytes + " bytes can grow, not shrink to " + newLengthBytes);
        }
        return requireWhole(newLengthBytes);
    }

    /**
     * Tells whether a request lies on the disk, whatever a driver wrote.
     *
     * @param sector any 64 bits
     * @param dataBytes not negative, a multiple of 512
     */
    static boolean isWithin(long capacityBytes, long sector, long dataBytes) {
        long capacity = capacityBytes / BlkRequestLayout.SECTOR_BYTES;
        long count = dataBytes / BlkRequestLayout.SECTOR_BYTES;
        return sector >= 0 && sector <= capacity && count <= capacity - sector;
    }
}
