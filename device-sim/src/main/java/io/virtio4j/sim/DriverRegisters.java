// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.transport.TransportException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.AgentTerminationException;
import org.jspecify.annotations.Nullable;

/**
 * The driver's end of an in-process device's registers: asks, and waits for the answer, at most 5 seconds. One thread at a time,
 * the driver's.
 *
 * <p>One request at a time: after one that was not answered in time the next is not made before the device has answered that
 * one, so none overtakes another or gets its answer.
 */
final class DriverRegisters {
    static final long ANSWER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int SPINS_BEFORE_PARK = 1_000;
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final ControlBlock control;
    private final DeviceRegisters device;
    private final DeviceThread deviceThread;
    private final long answerTimeoutNanos;

    /** What the device was asked and has not answered. */
    private @Nullable String unanswered;

    private int serial;

    DriverRegisters(ControlBlock control, DeviceRegisters device, DeviceThread deviceThread, long answerTimeoutNanos) {
        this.control = control;
        this.device = device;
        this.deviceThread = deviceThread;
        this.answerTimeoutNanos = answerTimeoutNanos;
    }

    long answerTimeoutNanos() {
        return answerTimeoutNanos;
    }

    int status() {
        return control.status();
    }

    boolean hasStatus(int bit) {
        return (control.status() & bit) != 0;
    }

    /** Asks a question. */
    boolean ask(RegisterRequest request, String what) {
        request(request, what);
        return control.isYes();
    }

    void request(RegisterRequest request, String what) {
        if (!exchange(request, what)) {
            throw new TransportException("cannot " + what + ": the device's thread has ended");
        }
    }

    /** Without its thread nobody but the caller can reset the device, and nothing but a reset gives the buffers back. */
    void reset(RegisterRequest request, String what) {
        if (!exchange(request, what)) {
            device.give(request);
            serial = control.request();
            device.answerRequests();
            unanswered = null;
        }
    }

    /** {@return whether it was answered; if not, the device's thread has ended} */
    private boolean exchange(RegisterRequest request, String what) {
        long deadlineNanos = System.nanoTime() + answerTimeoutNanos;
        if (unanswered != null && !awaitAnswer(what, deadlineNanos)) {
            return false;
        }
        device.give(request);
        serial = control.request();
        unanswered = what;
        deviceThread.wake();
        return awaitAnswer(what, deadlineNanos);
    }

    private boolean awaitAnswer(String what, long deadlineNanos) {
        for (int spins = 0; !control.isAnswered(serial); spins++) {
            if (device.isStopped()) {
                return false;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("cannot " + what + ": the device has not answered for "
                        + TimeUnit.NANOSECONDS.toMillis(answerTimeoutNanos) + " ms, asked to " + unanswered);
            }
            if (deviceThread.isCurrent()) {
                serveHere(what);
            } else if (spins < SPINS_BEFORE_PARK) {
                Thread.onSpinWait();
            } else {
                park();
            }
        }
        unanswered = null;
        return true;
    }

    /** Lets the device's thread run for a moment. */
    void park() {
        LockSupport.parkNanos(this, PARK_NANOS);
    }

    /** The driver's thread is the device's too: nobody else will answer. */
    private void serveHere(String what) {
        try {
            deviceThread.doWork();
        } catch (AgentTerminationException e) {
            device.stopped(true);
            throw new TransportException("cannot " + what + ": the device has died", e);
        }
    }
}
