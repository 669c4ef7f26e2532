// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;

/**
 * The fields of the configuration that are there with the features agreed on. No other byte is touched: VirtIO 1.2, 2.5.1 Driver
 * Requirements: Device Configuration Space.
 */
final class BlkConfigFields {
    /** Feature, first byte and end of what it puts into the configuration, in the order in which they lie there. */
    private static final int[][] FIELDS = {
        {BlkFeatureBits.SIZE_MAX, BlkConfigLayout.SIZE_MAX, BlkConfigLayout.SIZE_MAX + Integer.BYTES},
        {BlkFeatureBits.SEG_MAX, BlkConfigLayout.SEG_MAX, BlkConfigLayout.SEG_MAX + Integer.BYTES},
        {BlkFeatureBits.BLK_SIZE, BlkConfigLayout.BLK_SIZE, BlkConfigLayout.BLK_SIZE + Integer.BYTES},
        {BlkFeatureBits.TOPOLOGY, BlkConfigLayout.PHYSICAL_BLOCK_EXP, BlkConfigLayout.OPT_IO_SIZE + Integer.BYTES},
        {BlkFeatureBits.CONFIG_WCE, BlkConfigLayout.WRITEBACK, BlkConfigLayout.WRITEBACK + Byte.BYTES},
        {BlkFeatureBits.MQ, BlkConfigLayout.NUM_QUEUES, BlkConfigLayout.NUM_QUEUES + Short.BYTES},
        {
            BlkFeatureBits.DISCARD,
            BlkConfigLayout.MAX_DISCARD_SECTORS,
            BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT + Integer.BYTES
        },
        {
            BlkFeatureBits.WRITE_ZEROES,
            BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS,
            BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP + Byte.BYTES
        },
        {
            BlkFeatureBits.SECURE_ERASE,
            BlkConfigLayout.MAX_SECURE_ERASE_SECTORS,
            BlkConfigLayout.SECURE_ERASE_SECTOR_ALIGNMENT + Integer.BYTES
        },
    };

    private BlkConfigFields() {}

    /** {@return how long the configuration must be} */
    static int lengthBytes(Features features) {
        int[] bounds = bounds(features);
        return bounds[bounds.length - 1];
    }

    /** {@return the configuration as it is at one time; 0 where nothing was read} */
    static byte[] read(DriverSession session, Features features) {
        int[] bounds = bounds(features);
        byte[][] parts = session.readConfigParts(bounds);
        byte[] config = new byte[lengthBytes(features)];
        for (int part = 0; part < parts.length; part++) {
            System.arraycopy(parts[part], 0, config, bounds[2 * part], parts[part].length);
        }
        return config;
    }

    /** Begin and end of each run of fields that are there; the capacity always is. */
    private static int[] bounds(Features features) {
        int[] bounds = new int[2 * (1 + FIELDS.length)];
        bounds[0] = BlkConfigLayout.CAPACITY;
        bounds[1] = BlkConfigLayout.CAPACITY + Long.BYTES;
        int count = 2;
        for (int[] field : FIELDS) {
            if (!features.has(field[0])) {
                continue;
            }
            if (field[1] != bounds[count - 1]) {
                bounds[count] = field[1];
                count += 2;
            }
            bounds[count - 1] = field[2];
        }
        return Arrays.copyOf(bounds, count);
    }
}
