// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The driver's end of an in-process device's registers: asks, and waits for the answer, at most 5 seconds. One thread at a time,
 * the driver's.
 */
final class DriverRegisters {
    static final long ANSWER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int SPINS_BEFORE_PARK = 1_000;
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** What goes with the next request; the answer to the last, if it has any. */
    final RegisterArguments arguments;

    private final ControlBlock control;
    private final DeviceRegisters device;
    private final DeviceThread deviceThread;

    DriverRegisters(
            ControlBlock control, RegisterArguments arguments, DeviceRegisters device, DeviceThread deviceThread) {
        this.control = control;
        this.arguments = arguments;
        this.device = device;
        this.deviceThread = deviceThread;
    }

    int status() {
        return control.status();
    }

    boolean hasStatus(int bit) {
        return (control.status() & bit) != 0;
    }

    /** Asks a question about a queue. */
    boolean ask(int command, int queueIndex, String what) {
        arguments.queueIndex = queueIndex;
        request(command, 0, what);
        return control.isYes();
    }

    void request(int command, int value, String what) {
        int serial = control.request(command, value);
        deviceThread.wake();
        long deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT_NANOS;
        for (int spins = 0; !control.isAnswered(serial); spins++) {
            if (device.isStopped()) {
                resetHere(command, value, what);
                return;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("cannot " + what + ": the device has not answered for "
                        + TimeUnit.NANOSECONDS.toSeconds(ANSWER_TIMEOUT_NANOS) + " s");
            }
            if (deviceThread.isCurrent()) {
                serveHere(what);
            } else if (spins < SPINS_BEFORE_PARK) {
                Thread.onSpinWait();
            } else {
                park();
            }
        }
    }

    /** Without its thread nobody but the caller can reset the device, and nothing but a reset gives the buffers back. */
    private void resetHere(int command, int value, String what) {
        if (command != ControlBlock.WRITE_STATUS || value != DeviceStatus.RESET) {
            throw new TransportException("cannot " + what + ": the device's thread has ended");
        }
        device.answerRequests();
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
