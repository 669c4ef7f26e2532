// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import org.jspecify.annotations.Nullable;

/** A request that was sent, or was to be, and did not succeed. */
public abstract sealed class BlkException extends RuntimeException
        permits BlkRequestException, BlkTimeoutException, BlkDeviceException {
    private static final long serialVersionUID = 1L;

    BlkException(String message) {
        super(message);
    }

    BlkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
