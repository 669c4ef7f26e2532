// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.wire.Features;

/**
 * What the place offers where a device stands, whatever its type: how it reaches memory, how strongly accesses must be
 * ordered, what a notification carries. The transport knows; neither the device's type nor its queues do.
 *
 * <p>VirtIO 1.2, chapter 6 Reserved Feature Bits.
 *
 * @param offered of ACCESS_PLATFORM, ORDER_PLATFORM and NOTIF_CONFIG_DATA those that are offered
 * @param required those of them without which the device refuses to run (6.2 Device Requirements: Reserved Feature Bits)
 */
public record PlatformFeatures(Features offered, Features required) {
    /** Memory by guest-physical address, a device on a processor like the driver's, notifications by queue index. */
    public static final PlatformFeatures NONE = new PlatformFeatures(Features.NONE, Features.NONE);

    /**
     * Checks the bits.
     *
     * @param offered those that are offered
     * @param required those without which the device refuses to run
     * @throws IllegalArgumentException if another bit is offered, or one is required that is not offered
     */
    public PlatformFeatures {
        if (!offered.isSubsetOf(Features.PLATFORM) || !required.isSubsetOf(offered)) {
            throw new IllegalArgumentException("a platform offers some of " + Features.PLATFORM
                    + " and requires some of what it offers: " + offered + " offered, " + required + " required");
        }
    }

    /**
     * {@return what offers, and does not insist}
     *
     * @param bits of those three
     */
    public static PlatformFeatures offering(int... bits) {
        return new PlatformFeatures(Features.of(bits), Features.NONE);
    }

    /**
     * {@return what offers, and insists}
     *
     * @param bits of those three
     */
    public static PlatformFeatures requiring(int... bits) {
        return new PlatformFeatures(Features.of(bits), Features.of(bits));
    }
}
