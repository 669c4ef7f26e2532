// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.List;

/**
 * What a driver for one device type knows of it before it meets a device.
 *
 * @param deviceId the device type, see {@code DeviceId}
 * @param wanted features that it uses when they are offered; those it requires need not be repeated, nor those of the
 *     platform (ACCESS_PLATFORM, ORDER_PLATFORM, NOTIF_CONFIG_DATA), which the session itself accepts
 * @param required features that it cannot do without; VERSION_1 is always among them
 * @param dependencies which of them mean nothing without which other
 */
public record DriverSpec(int deviceId, Features wanted, Features required, List<FeatureDependency> dependencies) {
    /**
     * Features of queues that every driver should want: those that cost nothing where the device lacks them, packed rings
     * among them (VirtIO 1.2, 6.1 Driver Requirements: Reserved Feature Bits).
     */
    public static final Features RING_FEATURES =
            Features.of(FeatureBits.EVENT_IDX, FeatureBits.INDIRECT_DESC, FeatureBits.RING_PACKED);

    /** All features of queues that this library's driver half has. */
    public static final Features ALL_RING_FEATURES = RING_FEATURES
            .with(FeatureBits.IN_ORDER)
            .with(FeatureBits.NOTIFICATION_DATA)
            .with(FeatureBits.RING_RESET);

    /**
     * Copies the dependencies and adds what is always required.
     *
     * @param deviceId the device type
     * @param wanted features that it uses when they are offered
     * @param required features that it cannot do without
     * @param dependencies which of them mean nothing without which other
     */
    public DriverSpec {
        required = required.with(FeatureBits.VERSION_1);
        wanted = wanted.or(required);
        dependencies = List.copyOf(dependencies);
    }
}
