// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/**
 * All that both halves of a queue must agree on before it starts.
 *
 * @param index which queue of the device, 0..65535
 * @param size how many descriptors
 * @param features what was negotiated
 * @param addresses where the parts lie
 * @param notificationData what an available-buffer notification names the queue by, 0..65535: its index, or with
 *     NOTIF_CONFIG_DATA what the transport gave for it (VirtIO 1.2, 2.9 Driver Notifications)
 */
public record QueueConfig(int index, int size, Features features, QueueAddresses addresses, int notificationData) {
    private static final int MAX_INDEX = 65535;

    /**
     * Takes the index for what notifications name the queue by.
     *
     * @param index which queue of the device
     * @param size how many descriptors
     * @param features what was negotiated
     * @param addresses where the parts lie
     * @throws IllegalArgumentException if one is out of its range
     */
    public QueueConfig(int index, int size, Features features, QueueAddresses addresses) {
        this(index, size, features, addresses, index);
    }

    /**
     * Checks index, size and format.
     *
     * @param index which queue of the device
     * @param size how many descriptors
     * @param features what was negotiated
     * @param addresses where the parts lie
     * @param notificationData what notifications name the queue by
     * @throws IllegalArgumentException if one is out of its range
     */
    public QueueConfig {
        if (index < 0 || index > MAX_INDEX) {
            throw new IllegalArgumentException("a queue's index is 0.." + MAX_INDEX + ", not " + index);
        }
        if (notificationData < 0 || notificationData > MAX_INDEX) {
            throw new IllegalArgumentException(
                    "notification data has 16 bits: queue " + index + " has " + notificationData);
        }
        if (notificationData != index && !features.has(FeatureBits.NOTIF_CONFIG_DATA)) {
            throw new IllegalArgumentException("without NOTIF_CONFIG_DATA a notification names queue " + index
                    + " by its index, not by " + notificationData);
        }
        RingFormat.of(features).requireQueueSize(size);
    }

    /** {@return the ring format that the features select} */
    public RingFormat format() {
        return RingFormat.of(features);
    }

    /** {@return whether notifications are suppressed by event index} */
    public boolean eventIdx() {
        return features.has(FeatureBits.EVENT_IDX);
    }

    /** {@return whether a descriptor may refer to a table} */
    public boolean indirect() {
        return features.has(FeatureBits.INDIRECT_DESC);
    }

    /** {@return whether the device uses buffers in the order in which they were made available} */
    public boolean inOrder() {
        return features.has(FeatureBits.IN_ORDER);
    }
}
