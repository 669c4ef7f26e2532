// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.DeviceHealth;
import java.util.Optional;

/** The device does what no entropy device may do, or needs a reset: close the driver, which resets it, and open it again. */
public final class RngDeviceException extends RngException {
    private static final long serialVersionUID = 1L;

    RngDeviceException(String message) {
        super(message, null);
    }

    private RngDeviceException(DeviceHealth.Failure failure) {
        super("virtio-rng: " + failure.reason(), failure.cause().orElse(null));
    }

    static void throwIfFailed(DeviceHealth health) {
        Optional<DeviceHealth.Failure> failure = health.failure();
        if (failure.isPresent()) {
            throw new RngDeviceException(failure.get());
        }
    }
}
