// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

/**
 * The limits of the requests that name ranges of a disk. Whether a device takes such requests at all depends on its store.
 *
 * @param discard of DISCARD
 * @param writeZeroes of WRITE_ZEROES
 * @param secureErase of SECURE_ERASE
 */
public record BlkRanges(BlkRangeLimits discard, BlkRangeLimits writeZeroes, BlkRangeLimits secureErase) {
    private static final int SECTORS_OF_2_GIB = 1 << 22;
    private static final int SECTORS_OF_32_MIB = 1 << 16;
    private static final int SECTORS_OF_4_KIB = 8;
    private static final int SEGMENTS = 64;

    /**
     * Up to 64 segments; of 2 GiB for discards, which cost a store little, and of 32 MiB for what it may have to write byte
     * by byte while other requests wait.
     */
    public static final BlkRanges DEFAULTS = new BlkRanges(
            new BlkRangeLimits(SECTORS_OF_2_GIB, SEGMENTS, SECTORS_OF_4_KIB),
            new BlkRangeLimits(SECTORS_OF_32_MIB, SEGMENTS, 1),
            new BlkRangeLimits(SECTORS_OF_32_MIB, SEGMENTS, 1));
}
