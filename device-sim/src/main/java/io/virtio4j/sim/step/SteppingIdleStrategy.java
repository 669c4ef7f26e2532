// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.transport.ParkStrategy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/** Waits by letting the device work: for a driver that spins, and for one that sleeps. */
final class SteppingIdleStrategy implements IdleStrategy, ParkStrategy {
    /** Long enough to leave the processor alone; another thread may have given the device something to do meanwhile. */
    private static final long QUIET_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SteppedTransport transport;

    SteppingIdleStrategy(SteppedTransport transport) {
        this.transport = transport;
    }

    @Override
    public void idle(int workCount) {
        if (workCount <= 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        transport.step();
    }

    @Override
    public void reset() {
        // A wait is as long as the steps it takes, whatever came before it.
    }

    @Override
    public void park(Object blocker, long maxNanos) {
        if (transport.isQuiet()) {
            LockSupport.parkNanos(blocker, Math.min(maxNanos, QUIET_PARK_NANOS));
        } else {
            transport.step();
        }
    }
}
