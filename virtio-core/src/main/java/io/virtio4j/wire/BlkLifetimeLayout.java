// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * What a device answers to a GET_LIFETIME request: how worn its storage is. Offsets and lengths in bytes.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+  0
 *   |         pre_eol_info          |  device_lifetime_est_typ_a    |
 *   +-------------------------------+-------------------------------+  4
 *   |   device_lifetime_est_typ_b   |
 *   +-------------------------------+  6
 * </pre>
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_lifetime}.
 */
public final class BlkLifetimeLayout {
    /** How many of the reserved blocks are used up, le16: one of the {@code PRE_EOL} values. */
    public static final int PRE_EOL_INFO = 0;

    /** Wear of the SLC cells, le16: 0 unknown, 1..10 tenths of the expected life begun, 11 beyond it. */
    public static final int EST_TYP_A = 2;

    /** Wear of the MLC cells, le16, as {@link #EST_TYP_A}. */
    public static final int EST_TYP_B = 4;

    /** Length of the answer. */
    public static final int LENGTH_BYTES = 6;

    /** Nothing is known of the reserved blocks. */
    public static final int PRE_EOL_UNDEFINED = 0;

    /** Less than 80 % of the reserved blocks are used up. */
    public static final int PRE_EOL_NORMAL = 1;

    /** 80 % of the reserved blocks are used up. */
    public static final int PRE_EOL_WARNING = 2;

    /** 90 % of the reserved blocks are used up. */
    public static final int PRE_EOL_URGENT = 3;

    /** An estimate that tells nothing. */
    public static final int EST_UNDEFINED = 0;

    /** The highest estimate: the storage has outlived what was expected of it. */
    public static final int EST_EXCEEDED = 11;

    private BlkLifetimeLayout() {}
}
