// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.transport.ParkStrategy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;

/**
 * How a driver's thread sleeps that may be the one that runs the device's agent: then nobody else would serve the device while
 * it sleeps, so it does. Any other thread parks, and leaves the agent to its own.
 */
final class ServingPark implements ParkStrategy {
    /** An agent looks for itself at what nobody wakes it for: a store that is done, another thread's offer. */
    private static final long IDLE_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final DeviceThread deviceThread;
    private final DeviceRegisters device;
    private final ErrorHandler errorHandler;

    ServingPark(DeviceThread deviceThread, DeviceRegisters device, ErrorHandler errorHandler) {
        this.deviceThread = deviceThread;
        this.device = device;
        this.errorHandler = errorHandler;
    }

    @Override
    public void park(Object blocker, long maxNanos) {
        if (!deviceThread.isCurrent() || device.isStopped()) {
            LockSupport.parkNanos(blocker, maxNanos);
        } else if (serve() == 0) {
            LockSupport.parkNanos(blocker, Math.min(maxNanos, IDLE_PARK_NANOS));
        }
    }

    private int serve() {
        try {
            return deviceThread.doWork();
        } catch (AgentTerminationException e) {
            // The driver sees it in the status, as it does of a device with a thread of its own, and its wait ends.
            device.stopped(true);
            errorHandler.onError(e);
            return 1;
        }
    }
}
