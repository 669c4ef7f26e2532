// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.Objects;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/** The device's end of an in-process device's registers: does what the driver asks, on the device's thread. */
final class DeviceRegisters {
    private final ControlBlock control;
    private final DeviceSession session;
    private final boolean polls;
    private volatile ConfigChangeListener listener = () -> {};
    private volatile boolean stopped;

    /** Plain: written by the driver before its word of the control block (H), read after it (H'). */
    private @Nullable RegisterRequest given;

    DeviceRegisters(
            ControlBlock control,
            VirtioDevice device,
            GuestMemory memory,
            PlatformFeatures platform,
            boolean polls,
            ErrorHandler errorHandler) {
        this.control = control;
        this.polls = polls;
        this.session = new DeviceSession(device, memory, platform, this::statusChanged, errorHandler);
    }

    DeviceSession session() {
        return session;
    }

    /** Any thread. */
    Features offeredFeatures() {
        return session.offeredFeatures();
    }

    /** Any thread. */
    void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    /** Tells the driver to look at the device. Any thread. */
    void tellDriver() {
        listener.onConfigChange();
    }

    private void statusChanged() {
        control.showStatus(session.status());
        listener.onConfigChange();
    }

    /** The driver's thread: what it is about to ask. The device has answered all that it was given before. */
    void give(RegisterRequest request) {
        given = request;
    }

    boolean isRequestPending() {
        return control.poll();
    }

    int answerRequests() {
        if (!control.poll()) {
            return 0;
        }
        boolean yes = false;
        try {
            yes = Objects.requireNonNull(given).on(session);
            if (polls) {
                session.disableNotifications();
            }
        } finally {
            // Also when an error handler or a listener throws: the driver waits, and nothing may be done twice.
            control.answer(yes, session.status());
        }
        return 1;
    }

    /** The device's thread has ended. */
    void stopped(boolean died) {
        stopped = true;
        // An agent that its user closes takes its device with it all the same.
        if (died || (session.status() & DeviceStatus.DRIVER_OK) != 0) {
            control.showStatus(session.status() | DeviceStatus.DEVICE_NEEDS_RESET);
        }
        // After a reset too: a thread that still sleeps for a used buffer is to look at the status.
        listener.onConfigChange();
    }

    /** Any thread. */
    boolean isStopped() {
        return stopped;
    }
}
