// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ParkStrategy;
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
 * block. One thread at a time may wait, the handlers that it calls included; it may wait for several queues in turn. Give
 * the signal to {@link DriverSession#setUpQueue} as the queue's call sink: the session then also wakes it when the device
 * fails and when it is reset. Without a session, make it with a way to ask for the device's state, and whoever hears of
 * the device's configuration changes calls {@link #wake}.
 *
 * <p>How the thread sleeps is the transport's affair: see {@link ParkStrategy}. Without a session it parks.
 *
 * <p>A signal serves the queues of one session at a time, from the first that is set up until that session has been reset
 * or closed. A session that never is, holds it for good: the next one needs another signal.
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

    /** The waiter is wanted elsewhere. Set by any thread, taken by the waiter. */
    private volatile boolean wanted;

    /** Nothing more comes from the device. Sticks until the signal serves another session. */
    private volatile boolean ended;

    /** Whom the signal serves: how it tells whether the device works. */
    private final AtomicReference<@Nullable BooleanSupplier> served;

    /** How the waiter sleeps: as the transport of the session that is served says. Written before anybody can wait. */
    private ParkStrategy parkStrategy = ParkStrategy.THREAD;

    /** How many waits the waiter is in beyond the first: a handler may wait too. The waiter's. */
    private int innerWaits;

    /**
     * Makes a signal for the queues of a session. With a queue that no session has set up it ends no wait but by a call and
     * by the clock: nobody tells it when the device fails.
     */
    public UsedBufferSignal() {
        served = new AtomicReference<>();
    }

    /**
     * Makes a signal for queues that no session has set up.
     *
     * @param deviceWorks tells whether the device goes on using buffers: it runs and needs no reset. Asked after
     *     {@link #wake}, on the waiting thread; once it has said no, or thrown, every wait ends with
     *     {@link DriverQueue#BROKEN}
     */
    public UsedBufferSignal(BooleanSupplier deviceWorks) {
        served = new AtomicReference<>(deviceWorks);
    }

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

    /**
     * Ends the wait that goes on, or else the next one that has to sleep, for a thread that waits for other threads too: the
     * answer of {@link DriverQueue#awaitUsed} is 0 if nothing has been used. Any thread; several of these may end one wait, and
     * what was done before this is seen after that.
     */
    public void endWait() {
        wanted = true;
        signal();
    }

    private void signal() {
        if (state.getAndSet(CALLED) == PARKED) {
            LockSupport.unpark(waiter.get());
        }
    }

    /**
     * Serves a session from here on, which is known by the way it tells whether its device works.
     *
     * @param session tells whether its device works
     * @param newParkStrategy how the waiter sleeps
     * @throws IllegalStateException if it serves another
     */
    void attach(BooleanSupplier session, ParkStrategy newParkStrategy) {
        if (!served.compareAndSet(null, session)) {
            throw new IllegalStateException(
                    "the signal serves another session, which has not been reset, or queues without one");
        }
        parkStrategy = newParkStrategy;
        changed = false;
        ended = false;
    }

    /** The device has been reset: whoever waits has nothing to wait for. Ignored from a session that is not served. */
    void end(BooleanSupplier session) {
        if (served.get() == session) {
            ended = true;
            signal();
        }
    }

    /** Is free to serve another session. Ignored from a session that is not served. */
    void detach(BooleanSupplier session) {
        served.compareAndSet(session, null);
    }

    /**
     * Tells whether no thread but the calling one is in a wait. After a yes, every wait that begins sees what the calling
     * thread did before: that is why this writes, although it changes nothing.
     */
    boolean isVacant() {
        return waiter.get() == Thread.currentThread() || waiter.compareAndSet(null, null);
    }

    // --- the waiting thread ------------------------------------------------------------------------------------

    void enter() {
        Thread current = Thread.currentThread();
        if (waiter.get() == current) {
            innerWaits++;
        } else if (!waiter.compareAndSet(null, current)) {
            throw new IllegalStateException("one thread at a time waits on a signal: " + current.getName()
                    + " may not, while " + waiter.get() + " does");
        }
    }

    void leave() {
        if (innerWaits > 0) {
            innerWaits--;
        } else {
            waiter.set(null);
        }
    }

    /** Takes the calls so far; the look at the queue comes after it. */
    void takeCalls() {
        if (state.get() != QUIET) {
            state.getAndSet(QUIET);
        }
    }

    /** Asks whether another thread wants the wait to end, once for all that do by now. */
    boolean takeWanted() {
        boolean taken = wanted;
        if (taken) {
            wanted = false;
        }
        return taken;
    }

    /** Asks whether the device can still use buffers, as far as anybody has told this signal. */
    boolean isDeviceWorking() {
        if (changed) {
            changed = false;
            askDevice();
        }
        return !ended;
    }

    private void askDevice() {
        BooleanSupplier device = served.get();
        boolean works = false;
        try {
            works = device == null || device.getAsBoolean();
        } finally {
            // A device that cannot be asked does not work: what made this look necessary is not said twice.
            if (!works) {
                ended = true;
            }
        }
    }

    /** Sleeps until called, for a time, or until the thread is interrupted. Wakes for nothing else. */
    void park(long timeoutNanos) {
        if (!state.compareAndSet(QUIET, PARKED)) {
            return;
        }
        long startNanos = System.nanoTime();
        long leftNanos = timeoutNanos;
        try {
            while (leftNanos > 0
                    && state.get() == PARKED
                    && !Thread.currentThread().isInterrupted()) {
                parkStrategy.park(this, leftNanos);
                leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
            }
        } finally {
            // From here on a call need not unpark. One that came in between stays for takeCalls().
            state.compareAndSet(PARKED, QUIET);
        }
    }
}
