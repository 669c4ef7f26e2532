// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.device.QueueState;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.sim.RegisterArguments.ActivatedQueue;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import org.agrona.ErrorHandler;

/** The device's end of an in-process device's registers: does what the driver asks, on the device's thread. */
final class DeviceRegisters {
    private final ControlBlock control;
    private final RegisterArguments arguments;
    private final DeviceSession session;
    private final boolean polls;
    private volatile ConfigChangeListener listener = () -> {};
    private volatile boolean stopped;

    DeviceRegisters(
            ControlBlock control,
            RegisterArguments arguments,
            VirtioDevice device,
            GuestMemory memory,
            PlatformFeatures platform,
            boolean polls,
            ErrorHandler errorHandler) {
        this.control = control;
        this.arguments = arguments;
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

    boolean isRequestPending() {
        return control.poll() != 0;
    }

    int answerRequests() {
        int request = control.poll();
        if (request == 0) {
            return 0;
        }
        boolean yes = false;
        try {
            yes = execute(request);
            if (polls) {
                session.disableNotifications();
            }
        } finally {
            // Also when an error handler or a listener throws: the driver waits, and nothing may be done twice.
            control.answer(request, yes, session.status());
        }
        return 1;
    }

    /** Does what the driver asks; the answer is what it asks for, where it asks a question. */
    private boolean execute(int request) {
        switch (ControlBlock.command(request)) {
            case ControlBlock.WRITE_CONFIG ->
                session.writeConfig(arguments.configWriteOffset, arguments.configWriteBytes);
            case ControlBlock.ENABLE_QUEUE -> configureQueues();
            case ControlBlock.RESET_QUEUE -> session.resetQueue(arguments.queueIndex);
            case ControlBlock.IS_QUEUE_RESET -> {
                return session.isQueueReset(arguments.queueIndex);
            }
            case ControlBlock.STOP_QUEUE -> {
                return stopQueue();
            }
            case ControlBlock.START_QUEUE -> {
                return startQueue();
            }
            default -> {
                session.acknowledgeFeatures(arguments.acknowledged);
                configureQueues();
                session.writeStatus(ControlBlock.value(request));
            }
        }
        return false;
    }

    /** Those that the device has been told of before it does not look at again. */
    private void configureQueues() {
        // A state is where a queue begins; one that has been stopped since does not begin there again.
        boolean works = (session.status() & DeviceStatus.DRIVER_OK) != 0;
        for (ActivatedQueue queue : arguments.activated) {
            QueueState state = queue.state();
            if (state == null || works) {
                session.configureQueue(queue.config(), queue.callSink());
            } else {
                session.configureQueue(queue.config(), queue.callSink(), state);
            }
        }
    }

    /** {@return whether the queue stands still; then the answer has its state} */
    private boolean stopQueue() {
        session.stopQueue(arguments.queueIndex);
        arguments.queueState = session.queueState(arguments.queueIndex).orElse(null);
        return arguments.queueState != null;
    }

    /** {@return whether the queue had been stopped, so that it could be started} */
    private boolean startQueue() {
        ActivatedQueue queue = arguments.find(arguments.queueIndex);
        QueueState state = arguments.queueState;
        if (queue == null
                || state == null
                || session.queueState(arguments.queueIndex).isEmpty()) {
            return false;
        }
        session.configureQueue(queue.config(), queue.callSink(), state);
        return true;
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
