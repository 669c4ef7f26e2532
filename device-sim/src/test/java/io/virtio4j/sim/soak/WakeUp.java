// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.soak;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A notification: remembered until it is waited for, as an interrupt line does. The wait has no time-out and no look at a ring. */
final class WakeUp {
    private volatile boolean raised;
    private volatile boolean stopped;
    private volatile boolean awaited;
    private volatile @Nullable Thread waiter;

    void raise() {
        raised = true;
        LockSupport.unpark(waiter);
    }

    /** The run is over: nobody waits any more. */
    void stop() {
        stopped = true;
        LockSupport.unpark(waiter);
    }

    boolean isAwaited() {
        return awaited;
    }

    void await() {
        if (waiter == null) {
            waiter = Thread.currentThread();
        }
        if (!raised) {
            awaited = true;
            while (!raised && !stopped) {
                LockSupport.park(this);
            }
            awaited = false;
        }
        raised = false;
    }
}
