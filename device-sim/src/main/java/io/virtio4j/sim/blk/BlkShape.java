// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.wire.BlkRequestLayout;

/**
 * What a disk says of its blocks.
 *
 * @param blockSizeBytes size of a block of the disk, a power of two of 512 or more; 0 leaves BLK_SIZE out
 * @param topology alignment hints; {@link BlkTopology#NONE} leaves TOPOLOGY out
 * @param geometry cylinders, heads, sectors; {@link BlkGeometry#NONE} leaves GEOMETRY out
 */
public record BlkShape(int blockSizeBytes, BlkTopology topology, BlkGeometry geometry) {
    /** Blocks of 512 bytes, and nothing else is known. */
    public static final BlkShape DEFAULTS =
            new BlkShape(BlkRequestLayout.SECTOR_BYTES, BlkTopology.NONE, BlkGeometry.NONE);

    /**
     * Checks the block size.
     *
     * @param blockSizeBytes 0, or a power of two of 512 or more
     * @param topology alignment hints
     * @param geometry cylinders, heads, sectors
     * @throws IllegalArgumentException if it is not
     */
    public BlkShape {
        if (blockSizeBytes != 0
                && (blockSizeBytes < BlkRequestLayout.SECTOR_BYTES || Integer.bitCount(blockSizeBytes) != 1)) {
            throw new IllegalArgumentException(
                    "a block has a power of two of 512 bytes or more, not " + blockSizeBytes);
        }
    }
}
