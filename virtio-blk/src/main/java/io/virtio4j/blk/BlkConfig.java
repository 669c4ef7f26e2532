// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a device says of itself, as of one moment. Only fields of features that were agreed on are looked at (VirtIO 1.2,
 * 2.5.1 Driver Requirements: Device Configuration Space).
 *
 * @param capacitySectors size of the disk, of 512 bytes each
 * @param sizeMaxBytes most bytes of a segment, or 0
 * @param segMax most segments, or 0
 * @param blockSizeBytes size of a block
 */
record BlkConfig(long capacitySectors, long sizeMaxBytes, long segMax, long blockSizeBytes) {
    private static final long LE32 = 0xFFFF_FFFFL;

    /** {@return how long the configuration must be} */
    static int lengthBytes(Features features) {
        if (features.has(BlkFeatureBits.BLK_SIZE)) {
            return BlkConfigLayout.BLK_SIZE + Integer.BYTES;
        }
        if (features.has(BlkFeatureBits.SEG_MAX)) {
            return BlkConfigLayout.SEG_MAX + Integer.BYTES;
        }
        return features.has(BlkFeatureBits.SIZE_MAX)
                ? BlkConfigLayout.SIZE_MAX + Integer.BYTES
                : BlkConfigLayout.CAPACITY + Long.BYTES;
    }

    static BlkConfig read(DriverSession session) {
        Features features = session.features();
        ByteBuffer fields =
                ByteBuffer.wrap(session.readConfig(0, lengthBytes(features))).order(ByteOrder.LITTLE_ENDIAN);
        return new BlkConfig(
                fields.getLong(BlkConfigLayout.CAPACITY),
                le32(fields, BlkConfigLayout.SIZE_MAX, features.has(BlkFeatureBits.SIZE_MAX)),
                le32(fields, BlkConfigLayout.SEG_MAX, features.has(BlkFeatureBits.SEG_MAX)),
                blockSize(le32(fields, BlkConfigLayout.BLK_SIZE, features.has(BlkFeatureBits.BLK_SIZE))));
    }

    private static long le32(ByteBuffer fields, int offset, boolean isThere) {
        return isThere ? fields.getInt(offset) & LE32 : 0;
    }

    /** A device that says nothing, or nonsense, has the protocol's unit for a block. */
    private static long blockSize(long said) {
        return said >= BlkRequestLayout.SECTOR_BYTES && Long.bitCount(said) == 1 ? said : BlkRequestLayout.SECTOR_BYTES;
    }

    /** Nothing past the end of the disk is asked for. VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation. */
    void requireWithin(long sector, long lengthBytes) {
        long count = lengthBytes / BlkRequestLayout.SECTOR_BYTES;
        if (count == 0
                || sector < 0
                || Long.compareUnsigned(sector, capacitySectors) > 0
                || Long.compareUnsigned(count, capacitySectors - sector) > 0) {
            throw new IllegalArgumentException(lengthBytes + " bytes at sector " + sector + ": the disk has "
                    + Long.toUnsignedString(capacitySectors) + " sectors");
        }
    }
}
