// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;

/**
 * What a device offers in all, and which answers it takes. VirtIO 1.2, 2.2.2 Device Requirements: Feature Bits.
 *
 * @param device the device
 * @param platform what its place adds
 * @param features of the device's type, its queues and its place
 */
record DeviceOffer(VirtioDevice device, PlatformFeatures platform, Features features) {
    /** Queue indices have 16 bits: VirtIO 1.2, 2.6 Virtqueues. */
    private static final int MAX_QUEUES = 1 << Short.SIZE;

    /** Checks what a device says of itself. A mistake of the device's author's, told before any driver meets it. */
    static DeviceOffer of(VirtioDevice device, PlatformFeatures platform) {
        Features own = device.offeredFeatures();
        if (!own.isSubsetOf(Features.DEVICE_TYPE)) {
            throw new IllegalArgumentException("device type " + device.deviceId() + " offers features "
                    + own.minus(Features.DEVICE_TYPE) + ", which are reserved, or not a device's own to offer");
        }
        Features features = own.or(DeviceSession.RING_FEATURES).or(platform.offered());
        Features closed = FeatureDependency.close(features, device.featureDependencies());
        if (!closed.equals(features)) {
            throw new IllegalArgumentException("device type " + device.deviceId() + " offers features "
                    + features.minus(closed) + " without what they build on: " + device.featureDependencies());
        }
        int queues = device.queueCount();
        if (queues < 0 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException(
                    "a device has 0.." + MAX_QUEUES + " queues; device type " + device.deviceId() + " has " + queues);
        }
        return new DeviceOffer(device, platform, features);
    }

    /** {@return whether the device runs with an answer of the driver's} */
    boolean accepts(Features acknowledged) {
        return acknowledged.isSubsetOf(features)
                && acknowledged.has(FeatureBits.VERSION_1)
                && platform.required().isSubsetOf(acknowledged)
                && FeatureDependency.close(acknowledged, device.featureDependencies())
                        .equals(acknowledged)
                && device.acceptsFeatures(acknowledged);
    }
}
