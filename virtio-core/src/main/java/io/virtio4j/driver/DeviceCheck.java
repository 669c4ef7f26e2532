// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import java.util.Optional;

/**
 * Looks at a device before features are agreed on: a driver may read the configuration there, of features that are merely
 * offered, to see whether it can drive the device at all.
 *
 * <p>VirtIO 1.2, 3.1.1 Driver Requirements: Device Initialization, step 4.
 */
@FunctionalInterface
public interface DeviceCheck {
    /** Takes every device. */
    DeviceCheck NONE = session -> Optional.empty();

    /**
     * Looks at a device.
     *
     * @param session at DRIVER, before FEATURES_OK: the offer and the configuration may be read, nothing may be written
     * @return why the device cannot be driven: FAILED is written then, and features are not agreed on; nothing if it can
     */
    Optional<String> reasonToGiveUp(DriverSession session);
}
