// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.transport.CallSink;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread sleep until the device calls: what {@link DriverQueue#awaitUsed} parks on.
 *
 * <pre>
 *    waiting thread                        device's thread
 *    QUIET --&gt; PARKED, park                call: any --&gt; CALLED, unpark if it was PARKED
 *    CALLED --&gt; QUIET, look at the queue
 * </pre>
 *
 * <p>A call is remembered until the waiter has taken it, so one that comes before the thread parks is not lost; calls
 * do not add up, and one without a reason costs a look. Taking a call and making one are read-modify-write steps on the
 * same word: what the device published before the call is seen by the look that follows the taking.
 *
 * <p>{@link #call} and {@link #wake} may come from any thread, cost one atomic exchange while nobody sleeps, and never
 * block. One thread at a time may wait; it may wait for several queues in turn. Give the signal to
 * {@link DriverSession#setUpQueue} as the queue's call sink: the session then also wakes it when the device fails and
 * when it is reset. Without a session, whoever hears of the device's configuration changes calls {@link #wake}.
 *
 * <p>VirtIO 1.2, 2.3 Notifications.
 */
public final class UsedBufferSignal implements CallSink {
    private static final int QUIET = 0;
    private static final int CALLED = 1;
    private static final int PARKED = 2;

    private final AtomicInteger state = new AtomicInteger(QUIET);
    private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();

    /** The device's status is worth a look. Set by any thread, taken by the waiter. */
    private volatile boolean changed;

    /** Nothing more comes from the device. Sticks until the signal serves another session. */
    private volatile boolean ended;

    private volatile BooleanSupplier deviceWorks = () -> true;

    /** Makes a signal that nobody waits for yet. */
    public UsedBufferSignal() {}

    @Override
    public void call(int queueIndex) {
        signal();
    }

    /**
     * Makes the waiting thread, or the next one to wait, look at the queue and at the device's status. Any thread.
     */
    public void wake() {
        changed = true;
        signal();
    }

    private void signal() {
        if (state.getAndSet(CALLED) == PARKED) {
            LockSupport.unpark(waiter.get());
        }
    }

    /** Serves a session from here on. */
    void attach(BooleanSupplier works) {
        deviceWorks = works;
        changed = false;
        ended = false;
    }

    /** The device has been reset: whoever waits has nothing to wait for. */
    void end() {
        ended = true;
        signal();
    }

    // --- the waiting thread ------------------------------------------------------------------------------------

    void enter() {
        Thread current = Thread.currentThread();
        if (!waiter.compareAndSet(null, current)) {
            throw new IllegalStateException("one thread at a time waits on a signal: " + current.getName()
                    + " may not, while " + waiter.get() + " does");
        }
    }

    void leave() {
        waiter.set(null);
    }

    /** Takes the calls so far; the look at the queue comes after it. */
    void takeCalls() {
        if (state.get() != QUIET) {
            state.getAndSet(QUIET);
        }
    }

    /** Asks whether the device can still use buffers, as far as anybody has told this signal. */
    boolean isDeviceWorking() {
        if (changed) {
            changed = false;
            if (!deviceWorks.getAsBoolean()) {
                ended = true;
            }
        }
        return !ended;
    }

    /** Sleeps until called, for a time, or until the thread is interrupted. Wakes for nothing else. */
    void park(long timeoutNanos) {
        if (!state.compareAndSet(QUIET, PARKED)) {
            return;
        }
        long startNanos = System.nanoTime();
        long leftNanos = timeoutNanos;
        while (leftNanos > 0 && state.get() == PARKED && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, leftNanos);
            leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
        }
        // From here on a call need not unpark. One that came in between stays for takeCalls().
        state.compareAndSet(PARKED, QUIET);
    }
}
