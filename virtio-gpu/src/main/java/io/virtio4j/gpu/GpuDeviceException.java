// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceHealth;
import java.util.Optional;

/**
 * The device cannot be worked with: it asks for a reset, it broke a queue, or it gave an answer that the specification
 * does not have. Close the driver, which resets the device, and open it again.
 */
public final class GpuDeviceException extends GpuException {
    private static final long serialVersionUID = 1L;

    GpuDeviceException(String message) {
        super(message);
    }

    private GpuDeviceException(DeviceHealth.Failure failure) {
        super(failure.reason(), failure.cause().orElse(null));
    }

    static void throwIfFailed(DeviceHealth health) {
        Optional<DeviceHealth.Failure> failure = health.failure();
        if (failure.isPresent()) {
            throw new GpuDeviceException(failure.get());
        }
    }
}
