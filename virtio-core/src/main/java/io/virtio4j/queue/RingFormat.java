// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/** The format of a virtqueue. VirtIO 1.2, 2.6 Virtqueues. */
public enum RingFormat {
    /** Descriptor table, available ring and used ring. VirtIO 1.2, 2.7 Split Virtqueues. */
    SPLIT,

    /** One ring of descriptors that both sides write in turn. VirtIO 1.2, 2.8 Packed Virtqueues. */
    PACKED;

    /**
     * {@return the format that features select}
     *
     * @param negotiated the features that driver and device agreed on
     */
    public static RingFormat of(Features negotiated) {
        return negotiated.has(FeatureBits.RING_PACKED) ? PACKED : SPLIT;
    }

    /**
     * Checks a queue size.
     *
     * @param queueSize how many descriptors
     * @return the same value
     * @throws IllegalArgumentException if a queue of this format cannot have the size
     */
    public int requireQueueSize(int queueSize) {
        return this == PACKED ? PackedLayout.requireQueueSize(queueSize) : SplitLayout.requireQueueSize(queueSize);
    }

    /**
     * {@return the length of the descriptor area in bytes}
     *
     * @param queueSize how many descriptors
     */
    public int descriptorAreaBytes(int queueSize) {
        return this == PACKED
                ? PackedLayout.descriptorRingBytes(queueSize)
                : SplitLayout.descriptorTableBytes(queueSize);
    }

    /**
     * {@return the length of the driver area in bytes}
     *
     * @param queueSize how many descriptors
     */
    public int driverAreaBytes(int queueSize) {
        return this == PACKED ? PackedLayout.EVENT_BYTES : SplitLayout.availRingBytes(queueSize);
    }

    /**
     * {@return the length of the device area in bytes}
     *
     * @param queueSize how many descriptors
     */
    public int deviceAreaBytes(int queueSize) {
        return this == PACKED ? PackedLayout.EVENT_BYTES : SplitLayout.usedRingBytes(queueSize);
    }

    /**
     * {@return the length in bytes of the indirect tables of a queue's driver, one for each chain that can be in flight} They
     * are aligned to 16 bytes, and alike in both formats (VirtIO 1.2, 2.7.5.3 Indirect Descriptors, and 2.8.7).
     *
     * @param queueSize how many descriptors the queue has
     * @param tableEntries how many descriptors a table holds, at least 2
     */
    public static long indirectTablesBytes(int queueSize, int tableEntries) {
        return (long) queueSize * tableEntries * SplitLayout.DESC_BYTES;
    }
}
