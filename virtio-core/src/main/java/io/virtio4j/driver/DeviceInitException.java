// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/** A device that this driver cannot drive. FAILED has been written to its status. */
public final class DeviceInitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeviceInitException(String message) {
        super(message);
    }
}
