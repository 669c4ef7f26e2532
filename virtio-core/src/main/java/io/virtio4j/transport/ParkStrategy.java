// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread of the driver's sleeps that waits for a used-buffer notification. With a device that has a thread or a process
 * of its own it parks; a device that only goes on while the driver's thread lets it does so here.
 */
@FunctionalInterface
public interface ParkStrategy {
    /** Parks the thread. */
    ParkStrategy THREAD = LockSupport::parkNanos;

    /**
     * Sleeps, or lets the device do something. May return at any time, for no reason too: the caller looks whether what it
     * waits for has happened, and sleeps again. What this throws ends the wait.
     *
     * @param blocker what the thread waits on, for tools that look at threads
     * @param maxNanos sleep so long at most, more than 0; {@link LockSupport#unpark} ends the sleep
     */
    void park(Object blocker, long maxNanos);
}
