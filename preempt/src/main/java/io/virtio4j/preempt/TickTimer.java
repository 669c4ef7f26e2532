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
    private @Nullable Thread thread;
    private volatile boolean running;

    TickTimer(InterruptController interrupts) {
        this.interrupts = interrupts;
    }

    /**
     * Starts ticking.
     *
     * @param periodNanos the time from tick to tick in nanoseconds, more than 0
     * @throws IllegalArgumentException if the period is not more than 0
     * @throws IllegalStateException if it ticks already
     */
    public synchronized void start(long periodNanos) {
        if (periodNanos <= 0) {
            throw new IllegalArgumentException("the period of a timer is more than 0 ns, not " + periodNanos);
        }
        if (thread != null) {
            throw new IllegalStateException("the timer runs already");
        }
        running = true;
        Thread ticker = new Thread(() -> tick(periodNanos), "preempt-timer");
        ticker.setDaemon(true);
        ticker.start();
        thread = ticker;
    }

    /** Stops ticking; a tick that was raised may still be taken. Does nothing when the timer does not run. */
    public synchronized void stop() {
        Thread ticker = thread;
        if (ticker == null) {
            return;
        }
        running = false;
        LockSupport.unpark(ticker);
        thread = null;
        try {
            ticker.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ends by itself: running is false
        }
    }

    private void tick(long periodNanos) {
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
