// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import org.jspecify.annotations.Nullable;

/**
 * The device cannot be worked with: it asks for a reset, it broke a queue, or it gave an answer that the specification
 * does not have. Close the driver, which resets the device, and open it again.
 */
public final class GpuDeviceException extends GpuException {
    private static final long serialVersionUID = 1L;

    GpuDeviceException(String message) {
        super(message);
    }

    GpuDeviceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
