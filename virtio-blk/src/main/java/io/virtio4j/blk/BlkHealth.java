// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.transport.ConfigChangeListener;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * What the device has said beside the queue: configuration changes, DEVICE_NEEDS_RESET, a broken ring. Notifications come
 * on the device's thread and set flags; the driver's thread looks at them between requests and between slices of a wait.
 */
final class BlkHealth implements ConfigChangeListener, ErrorHandler {
    private final DriverSession session;
    private final ErrorHandler next;

    /** Set by the device's thread, cleared by the driver's before it looks, so that no change is lost. */
    private volatile boolean statusChanged;

    private volatile boolean configChanged;

    /** Why only a reset helps; stays until then. */
    private @Nullable BlkDeviceException failure;

    BlkHealth(DriverSession session, ErrorHandler next) {
        this.session = session;
        this.next = next;
    }

    @Override
    public void onConfigChange() {
        statusChanged = true;
        configChanged = true;
    }

    /** The queue is broken. Called on the driver's thread, out of the queue. */
    @Override
    public void onError(Throwable error) {
        failure = new BlkDeviceException(
                "virtio-blk: the device broke the queue; close the driver and open it again", error);
        next.onError(error);
    }

    /** {@return whether the configuration has changed since this was last asked} */
    boolean takeConfigChanged() {
        boolean changed = configChanged;
        if (changed) {
            configChanged = false;
        }
        return changed;
    }

    /** Tells of what went wrong with one request. */
    void tell(BlkTimeoutException timeout) {
        next.onError(timeout);
    }

    /** The driver is about to be closed; if that fails, nothing else works any more. */
    void giveUp() {
        if (failure == null) {
            failure = new BlkDeviceException(
                    "virtio-blk: the device did not end the reset that closes the driver; close it again", null);
        }
    }

    /** {@return why nothing but a reset helps, or null} A volatile load where all is well. */
    @Nullable
    BlkDeviceException failure() {
        if (statusChanged) {
            statusChanged = false;
            if (failure == null && session.needsReset()) {
                failure = new BlkDeviceException(
                        "virtio-blk: the device needs a reset; close the driver and open it again", null);
            }
        }
        return failure;
    }
}
