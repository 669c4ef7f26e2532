// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Raises {@link InterruptController#TIMER} again and again, from a thread of its own. A tick that comes while the one before has not
 * been taken is not taken twice, and ticks that the thread was too late for are left out.
 *
 * <p>Thread rules: any thread, one at a time.
 */
public final class TickTimer {
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final InterruptController interrupts;
    private @Nullable Ticker ticker;
    private boolean closed;

    TickTimer(InterruptController interrupts) {
        this.interrupts = interrupts;
    }

    /**
     * Starts ticking.
     *
     * @param periodNanos the time from tick to tick in nanoseconds, more than 0
     * @throws IllegalArgumentException if the period is not more than 0
     * @throws IllegalStateException if it ticks already, or the set of CPUs is closed
     */
    public synchronized void start(long periodNanos) {
        if (periodNanos <= 0) {
            throw new IllegalArgumentException("the period of a timer is more than 0 ns, not " + periodNanos);
        }
        if (closed) {
            throw new IllegalStateException("the set of CPUs is closed; its timer cannot start");
        }
        if (ticker != null) {
            throw new IllegalStateException("the timer runs already");
        }
        Ticker started = new Ticker(interrupts, periodNanos);
        started.start();
        ticker = started;
    }

    /** Stops ticking; a tick that was raised may still be taken. Does nothing when the timer does not run. */
    public synchronized void stop() {
        Ticker stopped = ticker;
        ticker = null;
        if (stopped != null) {
            stopped.end();
        }
    }

    /** Stops ticking for good. */
    synchronized void close() {
        closed = true;
        stop();
    }

    /** The thread, with a flag of its own: one that ends late is not kept alive by the next start. */
    private static final class Ticker extends Thread {
        private final InterruptController interrupts;
        private final long periodNanos;
        private volatile boolean running = true;

        Ticker(InterruptController interrupts, long periodNanos) {
            super("preempt-timer");
            this.interrupts = interrupts;
            this.periodNanos = periodNanos;
            setDaemon(true);
        }

        void end() {
            running = false;
            LockSupport.unpark(this);
            boolean interrupted = Thread.interrupted(); // else the join would not wait
            try {
                join(STOP_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true; // it ends by itself
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void run() {
            long next = System.nanoTime() + periodNanos;
            while (running) {
                long now = System.nanoTime();
                if (next - now > 0) {
                    LockSupport.parkNanos(this, next - now);
                } else {
                    interrupts.raise(InterruptController.TIMER);
                    boolean late = now - next >= periodNanos;
                    next = late ? now + periodNanos : next + periodNanos; // what was missed is left out
                }
            }
        }
    }
}
