// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.ErrorHandler;

/**
 * What a device has said beside its queues: configuration changes, DEVICE_NEEDS_RESET, broken rings. A driver asks between
 * requests and between two looks of a wait whether the device can still be worked with.
 *
 * <pre>
 *   device's thread                 driver's thread
 *   configuration change: flags --&gt; failure(), takeConfigChanged()
 *                                   a queue breaks: onError --&gt; failure()
 * </pre>
 *
 * <p>Changes come on the device's thread and set flags. All methods are called by one thread at a time, the driver's; a driver
 * of several threads has a health for each. A failure stays: only a reset of the device, and setting it up anew, helps.
 *
 * <p>VirtIO 1.2, 2.1.1 Driver Requirements: Device Status Field and 2.3 Notifications.
 */
public final class DeviceHealth implements ErrorHandler {
    private static final String REOPEN = "; close the driver and open it again";

    private final DriverSession session;
    private final ErrorHandler next;

    /** Set by the device's thread, cleared by the driver's before it looks, so that no change is lost. */
    private volatile boolean statusChanged = true; // what the device showed before there was a listener

    private volatile boolean configChanged;
    private Optional<Failure> failure = Optional.empty();

    /**
     * Why nothing but a reset helps.
     *
     * @param reason what has happened and what to do, for the message of the driver's own exception
     * @param cause what was wrong with the ring, if that is the reason
     */
    public record Failure(String reason, Optional<Throwable> cause) {}

    private DeviceHealth(DriverSession session, ErrorHandler next) {
        this.session = session;
        this.next = next;
    }

    /**
     * Listens to what a session's device says: from here on it is the session's one listener to configuration changes.
     *
     * @param session the session
     * @param next is told of broken queues
     * @return the health, which is also the error handler to set the session's queues up with
     */
    public static DeviceHealth of(DriverSession session, ErrorHandler next) {
        DeviceHealth health = new DeviceHealth(session, next);
        session.onConfigChange(health::changed);
        return health;
    }

    /**
     * Listens to what a session's device says, on behalf of several threads: as {@link #of}, with a health for each of them.
     * A broken queue is a failure of its own thread's health alone.
     *
     * @param session the session
     * @param next is told of broken queues; by any of the threads
     * @param count how many threads there are
     * @return as many
     */
    public static List<DeviceHealth> ofThreads(DriverSession session, ErrorHandler next, int count) {
        List<DeviceHealth> healths = Stream.generate(() -> new DeviceHealth(session, next))
                .limit(count)
                .toList();
        session.onConfigChange(() -> healths.forEach(DeviceHealth::changed));
        return healths;
    }

    private void changed() {
        statusChanged = true;
        configChanged = true;
    }

    /**
     * A queue is broken.
     *
     * @param error how
     */
    @Override
    public void onError(Throwable error) {
        fail("the device broke a queue" + REOPEN, Optional.of(error));
        next.onError(error);
    }

    /** A wait has ended because nothing more will come: {@link DriverQueue#awaitUsed} answered {@link DriverQueue#BROKEN}. */
    public void waitEnded() {
        fail("the device needs a reset" + REOPEN, Optional.empty());
    }

    /** The driver is about to be closed; if the reset does not end, nothing works any more. */
    public void closing() {
        fail("the device did not end the reset that closes the driver; close it again", Optional.empty());
    }

    /** The device, or one of its queues, is about to be reset; if that does not end well, nothing works any more. */
    public void resetting() {
        fail(
                "a reset did not end, or the device could not be brought up after it; reset it again, or close the"
                        + " driver",
                Optional.empty());
    }

    /**
     * The queue of this health has been reset and set up anew: that it was broken is no failure any more. That the device as a
     * whole needs a reset still is.
     */
    public void queueRenewed() {
        failure = Optional.empty();
        statusChanged = true;
    }

    private void fail(String reason, Optional<Throwable> cause) {
        if (failure.isEmpty()) {
            failure = Optional.of(new Failure(reason, cause));
        }
    }

    /** {@return whether the configuration has changed since this was last asked} */
    public boolean takeConfigChanged() {
        boolean changed = configChanged;
        if (changed) {
            configChanged = false;
        }
        return changed;
    }

    /**
     * {@return why nothing but a reset helps; missing where all is well, which costs a volatile load}
     *
     * <p>The device's status is read only after a change.
     *
     * @throws io.virtio4j.transport.TransportException if the status cannot be read
     */
    public Optional<Failure> failure() {
        if (statusChanged) {
            statusChanged = false;
            if (nothingMoreComes()) {
                waitEnded();
            }
        }
        return failure;
    }

    /**
     * Whether the device needs a reset, or stands still after one that was not the session's: its transport was closed under the
     * driver. A look that fails leaves the change to the next one.
     */
    private boolean nothingMoreComes() {
        try {
            return session.needsReset() || (session.isWorking() && !session.isDeviceWorking());
        } catch (RuntimeException e) {
            statusChanged = true;
            throw e;
        }
    }
}
