// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * One segment of a discard, write-zeroes or secure-erase request: the data of such a request is a list of these. Offsets
 * and lengths in bytes.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+  0
 *   |                            sector                             |
 *   |                                                               |
 *   +---------------------------------------------------------------+  8
 *   |                          num_sectors                          |
 *   +-+-------------------------------------------------------------+  12
 *   |U|                         reserved                    (flags) |
 *   +-+-------------------------------------------------------------+  16
 * </pre>
 *
 * <p>U is unmap, bit 0. VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_discard_write_zeroes}.
 */
public final class BlkSegmentLayout {
    /** Where the segment starts on the disk, in sectors of 512 bytes, le64. */
    public static final int SECTOR = 0;

    /** How many sectors of 512 bytes it has, le32. */
    public static final int NUM_SECTORS = 8;

    /** Flags, le32: {@link #FLAG_UNMAP}, the other bits are reserved and zero. */
    public static final int FLAGS = 12;

    /** Length of a segment. */
    public static final int LENGTH_BYTES = 16;

    /** The storage of the segment may be given back; of write-zeroes requests only. */
    public static final int FLAG_UNMAP = 1;

    private BlkSegmentLayout() {}
}
