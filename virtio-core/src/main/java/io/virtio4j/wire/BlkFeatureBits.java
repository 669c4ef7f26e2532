// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Feature bits of the block device; those of legacy devices alone are left out. VirtIO 1.2, 5.2.3 Feature bits. */
public final class BlkFeatureBits {
    /** {@code size_max} limits the bytes of a segment. */
    public static final int SIZE_MAX = 1;

    /** {@code seg_max} limits the segments of a request. */
    public static final int SEG_MAX = 2;

    /** {@code geometry} holds cylinders, heads and sectors. */
    public static final int GEOMETRY = 4;

    /** The device is read-only. */
    public static final int RO = 5;

    /** {@code blk_size} tells the size of the disk's blocks. */
    public static final int BLK_SIZE = 6;

    /** The device takes flush requests. */
    public static final int FLUSH = 9;

    /** {@code topology} tells how requests are best aligned and sized. */
    public static final int TOPOLOGY = 10;

    /** The driver may switch the cache between writeback and writethrough. */
    public static final int CONFIG_WCE = 11;

    /** There are {@code num_queues} request queues. */
    public static final int MQ = 12;

    /** The device takes discard requests. */
    public static final int DISCARD = 13;

    /** The device takes write-zeroes requests. */
    public static final int WRITE_ZEROES = 14;

    /** The device tells how worn its storage is. */
    public static final int LIFETIME = 15;

    /** The device takes secure-erase requests. */
    public static final int SECURE_ERASE = 16;

    /** The disk has zones. Named so that a peer's offer can be told; nothing here offers or acknowledges it (since 1.3). */
    public static final int ZONED = 17;

    private BlkFeatureBits() {}
}
