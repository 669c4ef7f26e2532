// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a device says of itself, as of one moment. Only fields of features that were agreed on are looked at, after
 * FEATURES_OK (VirtIO 1.2, 2.5.1 Driver Requirements: Device Configuration Space, and 5.2.5.1).
 *
 * @param capacitySectors size of the disk, of 512 bytes each
 * @param sizeMaxBytes most bytes of a segment, or 0
 * @param segMax most segments, or 0
 * @param blockSizeBytes size of a block
 * @param topology how requests are best aligned
 * @param writeback whether the cache is one that must be flushed; without CONFIG_WCE, as FLUSH says
 * @param queues how many request queues there are, 1 or more
 * @param discard limits of discards
 * @param writeZeroes limits of write zeroes
 * @param secureErase limits of secure erases
 */
record BlkConfig(
        long capacitySectors,
        long sizeMaxBytes,
        long segMax,
        long blockSizeBytes,
        BlkTopology topology,
        boolean writeback,
        int queues,
        RangeLimits discard,
        RangeLimits writeZeroes,
        RangeLimits secureErase) {
    private static final int BYTE_MASK = 0xFF;
    private static final int LE16 = 0xFFFF;
    private static final long LE32 = 0xFFFF_FFFFL;

    static BlkConfig read(DriverSession session) {
        Features features = session.features();
        ByteBuffer fields =
                ByteBuffer.wrap(BlkConfigFields.read(session, features)).order(ByteOrder.LITTLE_ENDIAN);
        long blockBytes = blockSize(le32(fields, BlkConfigLayout.BLK_SIZE, features.has(BlkFeatureBits.BLK_SIZE)));
        return new BlkConfig(
                fields.getLong(BlkConfigLayout.CAPACITY),
                le32(fields, BlkConfigLayout.SIZE_MAX, features.has(BlkFeatureBits.SIZE_MAX)),
                le32(fields, BlkConfigLayout.SEG_MAX, features.has(BlkFeatureBits.SEG_MAX)),
                blockBytes,
                features.has(BlkFeatureBits.TOPOLOGY) ? topology(fields, blockBytes) : BlkTopology.unknown(blockBytes),
                features.has(BlkFeatureBits.CONFIG_WCE)
                        ? fields.get(BlkConfigLayout.WRITEBACK) != BlkCacheMode.WRITETHROUGH
                        : features.has(BlkFeatureBits.FLUSH),
                features.has(BlkFeatureBits.MQ) ? Math.max(1, fields.getShort(BlkConfigLayout.NUM_QUEUES) & LE16) : 1,
                limits(fields, BlkConfigLayout.MAX_DISCARD_SECTORS, true, features.has(BlkFeatureBits.DISCARD)),
                limits(
                        fields,
                        BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS,
                        false,
                        features.has(BlkFeatureBits.WRITE_ZEROES)),
                limits(
                        fields,
                        BlkConfigLayout.MAX_SECURE_ERASE_SECTORS,
                        true,
                        features.has(BlkFeatureBits.SECURE_ERASE)));
    }

    private static long le32(ByteBuffer fields, int offset, boolean isThere) {
        return isThere ? fields.getInt(offset) & LE32 : 0;
    }

    /** Most sectors, most segments and, where there is one, an alignment: le32 each, one after the other. */
    private static RangeLimits limits(ByteBuffer fields, int offset, boolean aligned, boolean isThere) {
        if (!isThere) {
            return RangeLimits.NONE;
        }
        return RangeLimits.of(
                le32(fields, offset, true),
                le32(fields, offset + Integer.BYTES, true),
                le32(fields, offset + 2 * Integer.BYTES, aligned));
    }

    private static BlkTopology topology(ByteBuffer fields, long blockBytes) {
        return BlkTopology.of(
                blockBytes,
                fields.get(BlkConfigLayout.PHYSICAL_BLOCK_EXP) & BYTE_MASK,
                fields.get(BlkConfigLayout.ALIGNMENT_OFFSET) & BYTE_MASK,
                fields.getShort(BlkConfigLayout.MIN_IO_SIZE) & LE16,
                fields.getInt(BlkConfigLayout.OPT_IO_SIZE) & LE32);
    }

    /** A device that says nothing, or nonsense, has the protocol's unit for a block. */
    private static long blockSize(long said) {
        return said >= BlkRequestLayout.SECTOR_BYTES && Long.bitCount(said) == 1 ? said : BlkRequestLayout.SECTOR_BYTES;
    }

    /** {@return what a request on ranges may cover} */
    RangeLimits limitsOf(BlkOperation operation) {
        return switch (operation) {
            case DISCARD -> discard;
            case WRITE_ZEROES -> writeZeroes;
            case SECURE_ERASE -> secureErase;
            default -> RangeLimits.NONE;
        };
    }

    /** Nothing past the end of the disk is asked for. VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation. */
    void requireWithin(long sector, long lengthBytes) {
        if (!isWithin(sector, lengthBytes / BlkRequestLayout.SECTOR_BYTES)) {
            throw new IllegalArgumentException(
                    lengthBytes + " bytes at sector " + sector + ": the disk has " + capacity());
        }
    }

    /** As {@link #requireWithin(long, long)}, for each of several ranges. */
    void requireWithin(BlkRanges ranges) {
        if (ranges.count() == 0) {
            throw new IllegalArgumentException("no range is named");
        }
        for (int range = 0; range < ranges.count(); range++) {
            if (!isWithin(ranges.sector(range), ranges.sectors(range))) {
                throw new IllegalArgumentException(ranges.sectors(range) + " sectors at sector " + ranges.sector(range)
                        + ": the disk has " + capacity());
            }
        }
    }

    private boolean isWithin(long sector, long count) {
        return count > 0
                && sector >= 0
                && Long.compareUnsigned(sector, capacitySectors) <= 0
                && Long.compareUnsigned(count, capacitySectors - sector) <= 0;
    }

    private String capacity() {
        return Long.toUnsignedString(capacitySectors) + " sectors";
    }
}
