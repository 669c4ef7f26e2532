// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

/**
 * The cylinders, heads and sectors that a disk claims to have: for software that still asks. VirtIO 1.2, 5.2.4 Device
 * configuration layout.
 *
 * @param cylinders 0..65535
 * @param heads 0..255
 * @param sectors of a track, 0..255
 */
public record BlkGeometry(int cylinders, int heads, int sectors) {
    /** The disk claims nothing. */
    public static final BlkGeometry NONE = new BlkGeometry(0, 0, 0);

    private static final int MAX_BYTE = 0xFF;
    private static final int MAX_LE16 = 0xFFFF;

    /**
     * Checks the ranges.
     *
     * @param cylinders 0..65535
     * @param heads 0..255
     * @param sectors 0..255
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkGeometry {
        if (cylinders < 0
                || cylinders > MAX_LE16
                || heads < 0
                || heads > MAX_BYTE
                || sectors < 0
                || sectors > MAX_BYTE) {
            throw new IllegalArgumentException(
                    "out of range: cylinders " + cylinders + ", heads " + heads + ", sectors " + sectors);
        }
    }
}
