// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.barrier.BarrierStrength;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/**
 * Which features of a device's place every driver accepts when they are offered, whatever its type. VirtIO 1.2, 6.1 Driver
 * Requirements: Reserved Feature Bits.
 */
final class PlatformAcceptance {
    private PlatformAcceptance() {}

    /**
     * Adds ACCESS_PLATFORM, NOTIF_CONFIG_DATA, and ORDER_PLATFORM where the barriers are what it asks for. Where they are
     * not it is taken away, whoever wanted it: acknowledging it would be a promise that the queues do not keep.
     */
    static Features add(Features wanted, BarrierStrength barriers) {
        Features all = wanted.or(Features.PLATFORM);
        return barriers == BarrierStrength.PLATFORM ? all : all.without(FeatureBits.ORDER_PLATFORM);
    }
}
