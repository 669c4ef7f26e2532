// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.queue.SplitLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;

/**
 * What a block device says of itself. Start from {@link #DEFAULTS} and change what matters.
 *
 * @param id the device's id string: ASCII, at most 20 characters, may be empty
 * @param queueSize the largest queue that a driver may set up, a power of two in 4..32768
 * @param blockSizeBytes size of a block of the disk, a power of two of 512 or more; 0 leaves BLK_SIZE out
 * @param segMax most data segments of a request; 0 leaves SEG_MAX out. Told, not enforced
 * @param sizeMaxBytes most bytes of a segment; 0 leaves SIZE_MAX out. Told, not enforced
 * @param topology alignment hints; {@link BlkTopology#NONE} leaves TOPOLOGY out
 * @param readOnly whether writes are refused even if the store would take them
 * @param flush whether FLUSH is offered, which every device should; without it each write is durable before it completes
 */
public record SimBlkOptions(
        String id,
        int queueSize,
        int blockSizeBytes,
        int segMax,
        int sizeMaxBytes,
        BlkTopology topology,
        boolean readOnly,
        boolean flush) {
    private static final int DEFAULT_QUEUE_SIZE = 256;
    private static final int MIN_QUEUE_SIZE = 4;

    /** Blocks of 512 bytes, a queue of 256, requests of as many segments as that can hold, writable, with FLUSH. */
    public static final SimBlkOptions DEFAULTS = new SimBlkOptions(
            "virtio4j",
            DEFAULT_QUEUE_SIZE,
            BlkRequestLayout.SECTOR_BYTES,
            DEFAULT_QUEUE_SIZE - 2,
            0,
            BlkTopology.NONE,
            false,
            true);

    /**
     * Checks the ranges.
     *
     * @param id ASCII, at most 20 characters
     * @param queueSize a power of two in 4..32768
     * @param blockSizeBytes 0, or a power of two of 512 or more
     * @param segMax 0 or more
     * @param sizeMaxBytes 0 or more
     * @param topology alignment hints
     * @param readOnly whether writes are refused
     * @param flush whether FLUSH is offered
     * @throws IllegalArgumentException if one is out of its range
     */
    public SimBlkOptions {
        if (id.length() > BlkRequestLayout.ID_BYTES
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(id)) {
            throw new IllegalArgumentException(
                    "an id has at most " + BlkRequestLayout.ID_BYTES + " ASCII characters: '" + id + "'");
        }
        SplitLayout.requireQueueSize(queueSize);
        if (queueSize < MIN_QUEUE_SIZE) {
            throw new IllegalArgumentException("a request needs 3 descriptors: queue size " + queueSize);
        }
        if (blockSizeBytes != 0
                && (blockSizeBytes < BlkRequestLayout.SECTOR_BYTES || Integer.bitCount(blockSizeBytes) != 1)) {
            throw new IllegalArgumentException(
                    "a block has a power of two of 512 bytes or more, not " + blockSizeBytes);
        }
        if (segMax < 0 || sizeMaxBytes < 0) {
            throw new IllegalArgumentException("segMax " + segMax + ", sizeMaxBytes " + sizeMaxBytes);
        }
    }

    /**
     * {@return the same with another id}
     *
     * @param newId see {@link #id}
     */
    public SimBlkOptions withId(String newId) {
        return new SimBlkOptions(newId, queueSize, blockSizeBytes, segMax, sizeMaxBytes, topology, readOnly, flush);
    }

    /**
     * {@return the same with another queue size, and as many segments as that can hold}
     *
     * @param newQueueSize see {@link #queueSize}
     */
    public SimBlkOptions withQueueSize(int newQueueSize) {
        return new SimBlkOptions(
                id, newQueueSize, blockSizeBytes, newQueueSize - 2, sizeMaxBytes, topology, readOnly, flush);
    }

    /**
     * {@return the same with other limits of a request}
     *
     * @param newSegMax see {@link #segMax}
     * @param newSizeMaxBytes see {@link #sizeMaxBytes}
     */
    public SimBlkOptions withLimits(int newSegMax, int newSizeMaxBytes) {
        return new SimBlkOptions(id, queueSize, blockSizeBytes, newSegMax, newSizeMaxBytes, topology, readOnly, flush);
    }

    /**
     * {@return the same with another block size and other hints}
     *
     * @param newBlockSizeBytes see {@link #blockSizeBytes}
     * @param newTopology see {@link #topology}
     */
    public SimBlkOptions withBlocks(int newBlockSizeBytes, BlkTopology newTopology) {
        return new SimBlkOptions(id, queueSize, newBlockSizeBytes, segMax, sizeMaxBytes, newTopology, readOnly, flush);
    }

    /**
     * {@return the same, refusing writes or not}
     *
     * @param newReadOnly see {@link #readOnly}
     */
    public SimBlkOptions withReadOnly(boolean newReadOnly) {
        return new SimBlkOptions(id, queueSize, blockSizeBytes, segMax, sizeMaxBytes, topology, newReadOnly, flush);
    }

    /**
     * {@return the same, offering FLUSH or not}
     *
     * @param newFlush see {@link #flush}
     */
    public SimBlkOptions withFlush(boolean newFlush) {
        return new SimBlkOptions(id, queueSize, blockSizeBytes, segMax, sizeMaxBytes, topology, readOnly, newFlush);
    }

    /** What a device with these options offers; a store that is read-only adds RO. */
    Features offeredFeatures() {
        Features features = Features.NONE;
        features = blockSizeBytes > 0 ? features.with(BlkFeatureBits.BLK_SIZE) : features;
        features = segMax > 0 ? features.with(BlkFeatureBits.SEG_MAX) : features;
        features = sizeMaxBytes > 0 ? features.with(BlkFeatureBits.SIZE_MAX) : features;
        features = !topology.equals(BlkTopology.NONE) ? features.with(BlkFeatureBits.TOPOLOGY) : features;
        features = readOnly ? features.with(BlkFeatureBits.RO) : features;
        return flush ? features.with(BlkFeatureBits.FLUSH) : features;
    }
}
