// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import org.jspecify.annotations.Nullable;

/**
 * The device cannot be worked with: it asks for a reset, or it broke the queue. Close the driver, which resets the device,
 * and open it again.
 */
public final class BlkDeviceException extends BlkException {
    private static final long serialVersionUID = 1L;

    BlkDeviceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
