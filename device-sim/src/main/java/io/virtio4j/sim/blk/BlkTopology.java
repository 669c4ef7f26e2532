// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

/**
 * How requests to a disk are best aligned and sized: hints, that a device never enforces. VirtIO 1.2, 5.2.4 Device
 * configuration layout.
 *
 * @param physicalBlockExp logarithm to base 2 of the logical blocks in a physical one, 0..255
 * @param alignmentOffset logical blocks before the first aligned one, 0..255
 * @param minIoBlocks smallest request without a penalty, in logical blocks, 0..65535
 * @param optIoBlocks best size for long requests, in logical blocks, 0 or more
 */
public record BlkTopology(int physicalBlockExp, int alignmentOffset, int minIoBlocks, int optIoBlocks) {
    /** Nothing is known. */
    public static final BlkTopology NONE = new BlkTopology(0, 0, 0, 0);

    private static final int MAX_BYTE = 0xFF;
    private static final int MAX_LE16 = 0xFFFF;

    /**
     * Checks the ranges.
     *
     * @param physicalBlockExp 0..255
     * @param alignmentOffset 0..255
     * @param minIoBlocks 0..65535
     * @param optIoBlocks 0 or more
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkTopology {
        if (physicalBlockExp < 0
                || physicalBlockExp > MAX_BYTE
                || alignmentOffset < 0
                || alignmentOffset > MAX_BYTE
                || minIoBlocks < 0
                || minIoBlocks > MAX_LE16
                || optIoBlocks < 0) {
            throw new IllegalArgumentException("out of range: physicalBlockExp " + physicalBlockExp
                    + ", alignmentOffset " + alignmentOffset + ", minIoBlocks " + minIoBlocks + ", optIoBlocks "
                    + optIoBlocks);
        }
    }
}
