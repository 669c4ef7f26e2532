// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Offsets in the configuration of a block device, in bytes. Only {@code capacity} always means something; every other
 * field belongs to a feature.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+  0
 *   |                           capacity                            |
 *   |                                                               |
 *   +---------------------------------------------------------------+  8
 *   |                           size_max                 (SIZE_MAX) |
 *   +---------------------------------------------------------------+  12
 *   |                           seg_max                   (SEG_MAX) |
 *   +-------------------------------+---------------+---------------+  16
 *   |           cylinders           |     heads     |    sectors    |
 *   +-------------------------------+---------------+---------------+  20
 *   |                           blk_size                 (BLK_SIZE) |
 *   +---------------+---------------+-------------------------------+  24
 *   | phys_blk_exp  | align_offset  |         min_io_size           |
 *   +---------------+---------------+-------------------------------+  28
 *   |                         opt_io_size                (TOPOLOGY) |
 *   +---------------+---------------+-------------------------------+  32
 *   |   writeback   |    unused0    |          num_queues           |
 *   +---------------+---------------+-------------------------------+  36
 *   |                     max_discard_sectors             (DISCARD) |
 *   +---------------------------------------------------------------+  40
 *   |                       max_discard_seg                         |
 *   +---------------------------------------------------------------+  44
 *   |                   discard_sector_alignment                    |
 *   +---------------------------------------------------------------+  48
 *   |                   max_write_zeroes_sectors     (WRITE_ZEROES) |
 *   +---------------------------------------------------------------+  52
 *   |                     max_write_zeroes_seg                      |
 *   +---------------+-----------------------------------------------+  56
 *   |   may_unmap   |                    unused1                    |
 *   +---------------+-----------------------------------------------+  60
 *   |                   max_secure_erase_sectors     (SECURE_ERASE) |
 *   +---------------------------------------------------------------+  64
 *   |                     max_secure_erase_seg                      |
 *   +---------------------------------------------------------------+  68
 *   |                secure_erase_sector_alignment                  |
 *   +---------------------------------------------------------------+  72
 * </pre>
 *
 * <p>VirtIO 1.2, 5.2.4 Device configuration layout.
 */
public final class BlkConfigLayout {
    /** Size of the disk in sectors of 512 bytes, le64. */
    public static final int CAPACITY = 0;

    /** Most bytes of a segment, le32. */
    public static final int SIZE_MAX = 8;

    /** Most segments of a request, le32. */
    public static final int SEG_MAX = 12;

    /** Cylinders, le16. */
    public static final int GEOMETRY_CYLINDERS = 16;

    /** Heads, one byte. */
    public static final int GEOMETRY_HEADS = 18;

    /** Sectors of a track, one byte. */
    public static final int GEOMETRY_SECTORS = 19;

    /** Size of a block of the disk in bytes, le32. The unit of the protocol stays 512 bytes. */
    public static final int BLK_SIZE = 20;

    /** Logarithm to base 2 of the logical blocks in a physical one, one byte. */
    public static final int PHYSICAL_BLOCK_EXP = 24;

    /** Logical blocks before the first aligned one, one byte. */
    public static final int ALIGNMENT_OFFSET = 25;

    /** Smallest request without a penalty, in logical blocks, le16. */
    public static final int MIN_IO_SIZE = 26;

    /** Best size for long requests, in logical blocks, le32. */
    public static final int OPT_IO_SIZE = 28;

    /** Cache mode, one byte: 0 writethrough, 1 writeback. The only field that a driver may write. */
    public static final int WRITEBACK = 32;

    /** How many request queues there are, le16. */
    public static final int NUM_QUEUES = 34;

    /** Most sectors of a discard segment, le32. */
    public static final int MAX_DISCARD_SECTORS = 36;

    /** Most segments of a discard, le32. */
    public static final int MAX_DISCARD_SEG = 40;

    /** Best alignment of a discard in sectors, le32. */
    public static final int DISCARD_SECTOR_ALIGNMENT = 44;

    /** Most sectors of a write-zeroes segment, le32. */
    public static final int MAX_WRITE_ZEROES_SECTORS = 48;

    /** Most segments of a write-zeroes, le32. */
    public static final int MAX_WRITE_ZEROES_SEG = 52;

    /** Whether a write-zeroes may give storage back, one byte. */
    public static final int WRITE_ZEROES_MAY_UNMAP = 56;

    /** Most sectors of a secure-erase segment, le32. */
    public static final int MAX_SECURE_ERASE_SECTORS = 60;

    /** Most segments of a secure erase, le32. */
    public static final int MAX_SECURE_ERASE_SEG = 64;

    /** Best alignment of a secure erase in sectors, le32. */
    public static final int SECURE_ERASE_SECTOR_ALIGNMENT = 68;

    /** Length of the configuration in bytes, without the part of zoned devices. */
    public static final int LENGTH_BYTES = 72;

    private BlkConfigLayout() {}
}
