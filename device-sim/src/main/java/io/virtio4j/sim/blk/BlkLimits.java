// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.queue.SplitLayout;

/**
 * The queues of a block device, and what a request may be cut into.
 *
 * <p>{@code seg_max} and {@code size_max} tell a driver how to cut its requests, and are not enforced: one that is cut
 * otherwise is done all the same. No clause has a device refuse it, a device must not depend on how a request is cut into
 * descriptors (VirtIO 1.2, 2.7.4.1 Device Requirements: Message Framing), and a driver that has not agreed to the feature knows
 * no limit. QEMU's device does not look either. What bounds a request is the length of a chain: the queue's size.
 *
 * @param queues how many request queues there are, 1..65535; more than one is offered as MQ
 * @param queueSize the largest queue that a driver may set up, a power of two in 4..32768
 * @param segMax most data segments of a request; 0 leaves SEG_MAX out
 * @param sizeMaxBytes most bytes of a segment; 0 leaves SIZE_MAX out
 */
public record BlkLimits(int queues, int queueSize, int segMax, int sizeMaxBytes) {
    private static final int DEFAULT_QUEUE_SIZE = 256;
    private static final int MIN_QUEUE_SIZE = 4;
    private static final int MAX_QUEUES = 0xFFFF;

    /** One queue of 256, requests of as many segments as that can hold. */
    public static final BlkLimits DEFAULTS = new BlkLimits(1, DEFAULT_QUEUE_SIZE, DEFAULT_QUEUE_SIZE - 2, 0);

    /**
     * Checks the ranges.
     *
     * @param queues 1..65535
     * @param queueSize a power of two in 4..32768
     * @param segMax 0 or more
     * @param sizeMaxBytes 0 or more
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkLimits {
        SplitLayout.requireQueueSize(queueSize);
        if (queueSize < MIN_QUEUE_SIZE) {
            throw new IllegalArgumentException("a request needs 3 descriptors: queue size " + queueSize);
        }
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException("a block device has 1.." + MAX_QUEUES + " queues, not " + queues);
        }
        if (segMax < 0 || sizeMaxBytes < 0) {
            throw new IllegalArgumentException("segMax " + segMax + ", sizeMaxBytes " + sizeMaxBytes);
        }
    }
}
