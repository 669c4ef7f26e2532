// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

/**
 * The device did not answer in time: {@value #MESSAGE}. The buffer stays with the device, pinned, until it answers after
 * all or the driver is closed.
 */
public final class RngTimeoutException extends RngException {
    /** The message, always the same, so that a log can be searched for it. */
    public static final String MESSAGE = "virtio-rng: request timeout";

    private static final long serialVersionUID = 1L;

    RngTimeoutException() {
        super(MESSAGE, null);
    }
}
