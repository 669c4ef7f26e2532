// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * A device cannot let go of the driver's memory yet. Thrown by {@link VirtioDevice#reset()} only: the status does not become
 * 0, so that the driver does not use the memory for anything else, and the reset may be asked for again.
 */
public final class ResetIncompleteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Reports who holds the memory.
     *
     * @param message who holds it, and how long it was waited for
     */
    public ResetIncompleteException(String message) {
        super(message);
    }
}
