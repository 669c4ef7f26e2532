// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How a thread that serves queues idles and is woken. Falling asleep is part of the protocol with the driver: ask for kicks,
 * look a last time, and only then park.
 *
 * <p>The thread itself calls the methods of {@link IdleStrategy}; any thread the others, but for those that say so.
 */
final class KickSleep implements IdleStrategy {
    /** Whose thread it is. */
    interface Sleeper {
        /** Asks for kicks; true if there is nothing to do. */
        boolean enableNotifications();

        /** Awake: no kicks are wanted. */
        void disableNotifications();
    }

    private final Sleeper sleeper;
    private final boolean sleeps;
    private final DeviceSleep sleep;
    private int idleSpins;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    /** @param sleeps whether the thread ever does; if not, it spins */
    KickSleep(Sleeper sleeper, boolean sleeps, DeviceSleep sleep) {
        this.sleeper = sleeper;
        this.sleeps = sleeps;
        this.sleep = sleep;
    }

    /** The thread: it is the one to wake. */
    void takeThread() {
        thread = Thread.currentThread();
    }

    /** {@return whether the calling thread is the one that sleeps here} */
    boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    /** Ends the thread's sleep, or keeps it from falling asleep once. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** The thread is to end: from now on it does not sleep. */
    void stopSleeping() {
        stopping = true;
        wake();
    }

    boolean isStopping() {
        return stopping;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (!sleeps || idleSpins < sleep.spinsBeforeSleep()) {
            idleSpins++;
            Thread.onSpinWait();
        } else {
            if (sleeper.enableNotifications() && !stopping) {
                park();
            }
            sleeper.disableNotifications();
            idleSpins = 0;
        }
    }

    private void park() {
        if (sleep.maxSleepNanos() == DeviceSleep.UNBOUNDED) {
            LockSupport.park(this);
        } else {
            // Bounded, so that a kick lost on the way costs a moment and never the queue.
            LockSupport.parkNanos(this, sleep.maxSleepNanos());
        }
    }

    @Override
    public void reset() {
        idleSpins = 0;
    }
}
