// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import java.util.concurrent.TimeUnit;

/**
 * How a device's thread that waits for kicks falls asleep.
 *
 * @param spinsBeforeSleep how often it looks in vain before it asks for kicks, 0 or more
 * @param maxSleepNanos after so long it looks at its queues although nobody kicked, more than 0; {@link #UNBOUNDED} never.
 *     A bound hides a kick that was lost; without one, a lost kick hangs the queue, which is what a test wants to see
 */
public record DeviceSleep(int spinsBeforeSleep, long maxSleepNanos) {
    /** No bound: only a kick, a register write or the device's own work ends a sleep. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    /** What {@link DeviceIdle#NOTIFIED} does: spins 10,000 times, sleeps 100 ms at most. */
    public static final DeviceSleep DEFAULT = new DeviceSleep(10_000, TimeUnit.MILLISECONDS.toNanos(100));

    /** Falls asleep at once and stays so until kicked: what a test of notifications wants. */
    public static final DeviceSleep AT_ONCE_UNBOUNDED = new DeviceSleep(0, UNBOUNDED);

    /**
     * Checks the ranges.
     *
     * @param spinsBeforeSleep 0 or more
     * @param maxSleepNanos more than 0
     */
    public DeviceSleep {
        if (spinsBeforeSleep < 0 || maxSleepNanos <= 0) {
            throw new IllegalArgumentException("a device spins 0 times or more and sleeps longer than 0 ns: "
                    + spinsBeforeSleep + " spins, " + maxSleepNanos + " ns");
        }
    }
}
