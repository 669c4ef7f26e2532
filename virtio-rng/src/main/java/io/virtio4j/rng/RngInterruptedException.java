// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

/** The waiting thread was interrupted; its interrupt status is still set, and the driver works on. */
public final class RngInterruptedException extends RngException {
    private static final long serialVersionUID = 1L;

    RngInterruptedException() {
        super("virtio-rng: interrupted while waiting for the device", null);
    }
}
