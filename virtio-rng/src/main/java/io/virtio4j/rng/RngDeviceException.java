// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import org.jspecify.annotations.Nullable;

/** The device does what no entropy device may do, or needs a reset: close the driver, which resets it, and open it again. */
public final class RngDeviceException extends RngException {
    private static final long serialVersionUID = 1L;

    RngDeviceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
