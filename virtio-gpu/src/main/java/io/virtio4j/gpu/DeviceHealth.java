// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.transport.ConfigChangeListener;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * What the device has said beside the queues: configuration changes, DEVICE_NEEDS_RESET, broken rings. Notifications come
 * on the device's thread and set flags; the driver's thread looks at them between commands and between slices of a wait.
 */
final class DeviceHealth implements ConfigChangeListener, ErrorHandler {
    private final DriverSession session;
    private final ErrorHandler next;

    /** Set by the device's thread, cleared by the driver's before it looks, so that no change is lost. */
    private volatile boolean statusChanged;

    private volatile boolean configChanged;

    /** Why only a reset helps; stays until then. */
    private @Nullable String failure;

    private @Nullable Throwable failureCause;
    private boolean closed;

    DeviceHealth(DriverSession session, ErrorHandler next) {
        this.session = session;
        this.next = next;
    }

    @Override
    public void onConfigChange() {
        statusChanged = true;
        configChanged = true;
    }

    /** A queue is broken. Called on the driver's thread, out of the queue. */
    @Override
    public void onError(Throwable error) {
        failure = "the device broke a queue; close the driver and open it again";
        failureCause = error;
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

    void closed() {
        closed = true;
    }

    /** Throws if nothing but a reset helps. Costs a volatile load where all is well. */
    void check() {
        if (closed) {
            throw new IllegalStateException("this GPU driver is closed");
        }
        if (statusChanged) {
            statusChanged = false;
            if (failure == null && session.needsReset()) {
                failure = "the device needs a reset; close the driver and open it again";
            }
        }
        if (failure != null) {
            throw new GpuDeviceException(failure, failureCause);
        }
    }
}
