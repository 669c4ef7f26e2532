// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.transport.ConfigChangeListener;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/** Whether the device can still be worked with. Notifications come on the device's thread and set a flag; the driver's looks. */
final class RngHealth implements ConfigChangeListener, ErrorHandler {
    private final DriverSession session;
    private final ErrorHandler next;

    /** Set by the device's thread, cleared by the driver's before it looks, so that no change is lost. */
    private volatile boolean statusChanged;

    private boolean emptyTold;

    /** Why only a reset helps; stays until then. */
    private @Nullable RngDeviceException failure;

    RngHealth(DriverSession session, ErrorHandler next) {
        this.session = session;
        this.next = next;
    }

    @Override
    public void onConfigChange() {
        statusChanged = true;
    }

    /** The queue is broken. Called on the driver's thread, out of the queue. */
    @Override
    public void onError(Throwable error) {
        failure = new RngDeviceException(
                "virtio-rng: the device broke the queue; close the driver and open it again", error);
        next.onError(error);
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
                "virtio-rng: the device gave a buffer back without one random byte; close the driver and open it again",
                null);
        if (!emptyTold) {
            emptyTold = true;
            next.onError(empty);
        }
        return empty;
    }

    /** A wait has ended because nothing more will come. */
    void waitEnded() {
        fail("virtio-rng: the device needs a reset; close the driver and open it again");
    }

    /** The driver is about to be closed; if that fails, nothing else works any more. */
    void giveUp() {
        fail("virtio-rng: the device did not end the reset that closes the driver; close it again");
    }

    private void fail(String message) {
        if (failure == null) {
            failure = new RngDeviceException(message, null);
        }
    }

    /** {@return why nothing but a reset helps, or null} A volatile load where all is well. */
    @Nullable
    RngDeviceException failure() {
        if (statusChanged) {
            statusChanged = false;
            if (session.needsReset()) {
                waitEnded();
            }
        }
        return failure;
    }
}
