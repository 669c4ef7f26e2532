// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import org.agrona.concurrent.IdleStrategy;

/** Waits by letting the device work. */
final class SteppingIdleStrategy implements IdleStrategy {
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
}
