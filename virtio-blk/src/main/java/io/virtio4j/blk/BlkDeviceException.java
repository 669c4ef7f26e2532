// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import java.util.Optional;

/**
 * The device cannot be worked with: it asks for a reset, or it broke the queue. {@linkplain BlkRequests#recover Recover}, or
 * close the driver, which resets the device, and open it again.
 */
public final class BlkDeviceException extends BlkException {
    private static final long serialVersionUID = 1L;

    private BlkDeviceException(DeviceHealth.Failure failure) {
        super("virtio-blk: " + failure.reason(), failure.cause().orElse(null));
    }

    /** What has failed; it must have. */
    static BlkDeviceException of(DeviceHealth health) {
        return new BlkDeviceException(health.failure().orElseThrow());
    }

    static void throwIfFailed(DeviceHealth health) {
        Optional<DeviceHealth.Failure> failure = health.failure();
        if (failure.isPresent()) {
            throw new BlkDeviceException(failure.get());
        }
    }
}
