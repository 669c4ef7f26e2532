// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/** The format of a virtqueue. VirtIO 1.2, 2.6 Virtqueues. */
public enum RingFormat {
    /** Descriptor table, available ring and used ring. VirtIO 1.2, 2.7 Split Virtqueues. */
    SPLIT;

    /**
     * {@return the format that they select}
     *
     * @param negotiated the features that driver and device agreed on
     * @throws IllegalArgumentException if they select a format that this version does not have
     */
    public static RingFormat of(Features negotiated) {
        if (negotiated.has(FeatureBits.RING_PACKED)) {
            throw new IllegalArgumentException("packed rings are not available: negotiated " + negotiated);
        }
        return SPLIT;
    }
}
