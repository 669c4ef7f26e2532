// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import org.agrona.ErrorHandler;

/** What the user's error handler is told of requests, and how often. */
final class RngErrors {
    private final ErrorHandler next;
    private boolean emptyTold;

    RngErrors(ErrorHandler next) {
        this.next = next;
    }

    /** Tells of a request that is not waited for any longer. */
    RngTimeoutException timedOut() {
        RngTimeoutException timeout = new RngTimeoutException();
        next.onError(timeout);
        return timeout;
    }

    /** A buffer came back without a byte. Told of once: such a device does it every time. */
    RngDeviceException empty() {
        RngDeviceException empty = new RngDeviceException(
                "virtio-rng: the device gave a buffer back without one random byte; close the driver and open it"
                        + " again");
        if (!emptyTold) {
            emptyTold = true;
            next.onError(empty);
        }
        return empty;
    }
}
