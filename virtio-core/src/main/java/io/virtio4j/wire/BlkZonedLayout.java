// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Offset and values of the one field that a driver of plain disks looks at in the zoned part of a block device's
 * configuration, which follows the rest at {@link BlkConfigLayout#LENGTH_BYTES}. It is there where ZONED is offered.
 *
 * <p>VirtIO 1.3, 5.2.4 Device configuration layout, {@code struct virtio_blk_zoned_characteristics}.
 */
public final class BlkZonedLayout {
    /** What kind of zones there are, one byte. */
    public static final int MODEL = 92;

    /** Length of a block device's configuration in bytes, the part of zoned devices included. */
    public static final int CONFIG_LENGTH_BYTES = 96;

    /** No zones, or zones that nobody needs to know of. */
    public static final int MODEL_NONE = 0;

    /** Zones that must be written in order: no plain disk. */
    public static final int MODEL_HOST_MANAGED = 1;

    /** Zones that are best written in order, and may be written as a plain disk. */
    public static final int MODEL_HOST_AWARE = 2;

    private BlkZonedLayout() {}
}
