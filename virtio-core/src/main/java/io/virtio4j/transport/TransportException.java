// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

/** The device did not answer in time, or is gone. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Reports silence.
     *
     * @param message what was asked of the device, and how long it was waited for
     */
    public TransportException(String message) {
        super(message);
    }

    /**
     * Reports a device that has died.
     *
     * @param message what was asked of the device
     * @param cause what the device died of
     */
    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
