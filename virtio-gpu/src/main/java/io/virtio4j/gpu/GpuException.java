// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import org.jspecify.annotations.Nullable;

/** A command that was sent and did not succeed. */
public abstract sealed class GpuException extends RuntimeException
        permits GpuCommandException, GpuTimeoutException, GpuDeviceException {
    private static final long serialVersionUID = 1L;

    GpuException(String message) {
        super(message);
    }

    GpuException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
