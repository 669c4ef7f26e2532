// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/**
 * How requests are best aligned and sized: advice, which nothing enforces. All in bytes.
 *
 * <p>VirtIO 1.2, 5.2.4 Device configuration layout, {@code topology}, there in blocks.
 *
 * @param physicalBlockBytes what the disk writes at once; the size of a block, if the device does not say
 * @param alignmentOffsetBytes where the first physical block begins
 * @param minIoBytes the smallest request without a penalty, or 0 if the device does not say
 * @param optIoBytes the best size for long requests, or 0 if the device does not say
 */
public record BlkTopology(long physicalBlockBytes, long alignmentOffsetBytes, long minIoBytes, long optIoBytes) {
    /** 2 MiB of physical block over 512 bytes: more is taken for nonsense. */
    private static final int MAX_EXP = 12;

    /** What a device says of itself, in blocks. */
    static BlkTopology of(
            long blockBytes, int physicalBlockExp, int alignmentBlocks, int minIoBlocks, long optIoBlocks) {
        int exp = physicalBlockExp <= MAX_EXP ? physicalBlockExp : 0;
        return new BlkTopology(
                blockBytes << exp, alignmentBlocks * blockBytes, minIoBlocks * blockBytes, optIoBlocks * blockBytes);
    }

    static BlkTopology unknown(long blockBytes) {
        return new BlkTopology(blockBytes, 0, 0, 0);
    }
}
