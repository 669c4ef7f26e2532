// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.wire.BlkRequestLayout;
import java.nio.charset.StandardCharsets;

/**
 * What a block device says of itself. Start from {@link #DEFAULTS} and change what matters.
 *
 * @param id the device's id string: ASCII, at most 20 characters, may be empty
 * @param readOnly whether writes are refused even if the store would take them
 * @param flush whether FLUSH is offered, which every device should; without it each write is durable before it completes
 * @param configWce whether CONFIG_WCE is offered: the driver may switch the cache; needs {@code flush}
 * @param limits of queues and requests
 * @param shape blocks, alignment, geometry
 * @param ranges limits of discard, write-zeroes and secure-erase requests, for stores that do them
 */
public record SimBlkOptions(
        String id,
        boolean readOnly,
        boolean flush,
        boolean configWce,
        BlkLimits limits,
        BlkShape shape,
        BlkRanges ranges) {
    /** Writable, with a cache that the driver flushes and switches; one queue of 256, blocks of 512 bytes. */
    public static final SimBlkOptions DEFAULTS =
            new SimBlkOptions("virtio4j", false, true, true, BlkLimits.DEFAULTS, BlkShape.DEFAULTS, BlkRanges.DEFAULTS);

    /**
     * Checks the id and the cache.
     *
     * @param id ASCII, at most 20 characters
     * @param readOnly whether writes are refused
     * @param flush whether FLUSH is offered
     * @param configWce whether CONFIG_WCE is offered
     * @param limits of queues and requests
     * @param shape blocks, alignment, geometry
     * @param ranges limits of requests that name ranges
     * @throws IllegalArgumentException if the id is too long or not ASCII, or CONFIG_WCE would be offered without FLUSH
     *     (VirtIO 1.2, 5.2.5.2 Device Requirements: Device Initialization)
     */
    public SimBlkOptions {
        if (id.length() > BlkRequestLayout.ID_BYTES
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(id)) {
            throw new IllegalArgumentException(
                    "an id has at most " + BlkRequestLayout.ID_BYTES + " ASCII characters: '" + id + "'");
        }
        if (configWce && !flush) {
            throw new IllegalArgumentException("a device that offers CONFIG_WCE offers FLUSH too");
        }
    }

    /**
     * {@return the same with another id}
     *
     * @param newId see {@link #id}
     */
    public SimBlkOptions withId(String newId) {
        return new SimBlkOptions(newId, readOnly, flush, configWce, limits, shape, ranges);
    }

    /**
     * {@return the same, refusing writes or not}
     *
     * @param newReadOnly see {@link #readOnly}
     */
    public SimBlkOptions withReadOnly(boolean newReadOnly) {
        return new SimBlkOptions(id, newReadOnly, flush, configWce, limits, shape, ranges);
    }

    /**
     * {@return the same, offering FLUSH or not; without it, CONFIG_WCE is not offered either}
     *
     * @param newFlush see {@link #flush}
     */
    public SimBlkOptions withFlush(boolean newFlush) {
        return new SimBlkOptions(id, readOnly, newFlush, configWce && newFlush, limits, shape, ranges);
    }

    /**
     * {@return the same, offering CONFIG_WCE or not; with it, FLUSH is offered too}
     *
     * @param newConfigWce see {@link #configWce}
     */
    public SimBlkOptions withConfigWce(boolean newConfigWce) {
        return new SimBlkOptions(id, readOnly, flush || newConfigWce, newConfigWce, limits, shape, ranges);
    }

    /**
     * {@return the same with another number of queues}
     *
     * @param newQueues see {@link BlkLimits#queues}
     */
    public SimBlkOptions withQueues(int newQueues) {
        return with(new BlkLimits(newQueues, limits.queueSize(), limits.segMax(), limits.sizeMaxBytes()));
    }

    /**
     * {@return the same with another queue size, and as many segments as that can hold}
     *
     * @param newQueueSize see {@link BlkLimits#queueSize}
     */
    public SimBlkOptions withQueueSize(int newQueueSize) {
        return with(new BlkLimits(limits.queues(), newQueueSize, newQueueSize - 2, limits.sizeMaxBytes()));
    }

    /**
     * {@return the same with other limits of a request}
     *
     * @param newSegMax see {@link BlkLimits#segMax}
     * @param newSizeMaxBytes see {@link BlkLimits#sizeMaxBytes}
     */
    public SimBlkOptions withLimits(int newSegMax, int newSizeMaxBytes) {
        return with(new BlkLimits(limits.queues(), limits.queueSize(), newSegMax, newSizeMaxBytes));
    }

    private SimBlkOptions with(BlkLimits newLimits) {
        return new SimBlkOptions(id, readOnly, flush, configWce, newLimits, shape, ranges);
    }

    /**
     * {@return the same with another block size and other hints}
     *
     * @param newBlockSizeBytes see {@link BlkShape#blockSizeBytes}
     * @param newTopology see {@link BlkShape#topology}
     */
    public SimBlkOptions withBlocks(int newBlockSizeBytes, BlkTopology newTopology) {
        return with(new BlkShape(newBlockSizeBytes, newTopology, shape.geometry()));
    }

    /**
     * {@return the same with another geometry}
     *
     * @param newGeometry see {@link BlkShape#geometry}
     */
    public SimBlkOptions withGeometry(BlkGeometry newGeometry) {
        return with(new BlkShape(shape.blockSizeBytes(), shape.topology(), newGeometry));
    }

    private SimBlkOptions with(BlkShape newShape) {
        return new SimBlkOptions(id, readOnly, flush, configWce, limits, newShape, ranges);
    }

    /**
     * {@return the same with other limits of requests that name ranges}
     *
     * @param newRanges see {@link #ranges}
     */
    public SimBlkOptions withRanges(BlkRanges newRanges) {
        return new SimBlkOptions(id, readOnly, flush, configWce, limits, shape, newRanges);
    }
}
