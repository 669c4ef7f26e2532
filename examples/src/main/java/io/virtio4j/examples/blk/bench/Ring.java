// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Locale;

/** What {@code --ring} takes: the format of the queues. */
enum Ring {
    SPLIT,
    PACKED;

    /** The features of queues that make it so. */
    Features features() {
        Features all = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);
        return this == PACKED ? all : all.without(FeatureBits.RING_PACKED);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
