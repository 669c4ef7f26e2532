// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ParkStrategy;
import io.virtio4j.transport.TransportException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The signals of one session's queues: what its threads may be asleep on. Used by the driver's thread, but for {@link #wake},
 * which the device's thread calls too.
 */
final class SessionSignals {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    /** Walked by the device's thread when the configuration changes. */
    private final List<UsedBufferSignal> signals = new CopyOnWriteArrayList<>();

    /** What the session asks on behalf of its signals, and by which they know it. */
    private final BooleanSupplier deviceWorks;

    private final ParkStrategy parkStrategy;

    SessionSignals(BooleanSupplier deviceWorks, ParkStrategy parkStrategy) {
        this.deviceWorks = deviceWorks;
        this.parkStrategy = parkStrategy;
    }

    /** Serves a queue's call sink from here on, if it is something to sleep on. */
    void attach(CallSink callSink) {
        if (callSink instanceof UsedBufferSignal signal && !signals.contains(signal)) {
            signal.attach(deviceWorks, parkStrategy);
            signals.add(signal);
        }
    }

    /** Whoever sleeps is to look at the device. Any thread. */
    void wake() {
        signals.forEach(UsedBufferSignal::wake);
    }

    /**
     * Ends all waits and lets go of the signals. The device has been reset.
     *
     * @throws TransportException if a thread is still in a wait when the time is up: the signals are kept
     */
    void end(long timeoutNanos) {
        signals.forEach(signal -> signal.end(deviceWorks));
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        for (UsedBufferSignal signal : signals) {
            while (!signal.isVacant()) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new TransportException(
                            "the device has been reset, but a thread has been in a wait for its used buffers, or in a"
                                    + " handler, for " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms since");
                }
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }
        signals.forEach(signal -> signal.detach(deviceWorks));
        signals.clear();
    }
}
