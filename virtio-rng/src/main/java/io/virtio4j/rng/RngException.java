// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import org.jspecify.annotations.Nullable;

/** Random bytes that were waited for and did not come. */
public abstract sealed class RngException extends RuntimeException
        permits RngTimeoutException, RngInterruptedException, RngDeviceException {
    private static final long serialVersionUID = 1L;

    RngException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
