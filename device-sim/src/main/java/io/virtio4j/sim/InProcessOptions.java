// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.PlatformFeatures;

/**
 * How a device in the same process is served, and where it stands. Start from {@link #DEFAULTS} and change what matters.
 *
 * @param idle what the threads that serve queues do when there is nothing to do
 * @param sleep how they fall asleep, where they do
 * @param workers how many threads serve the queues, 1 or more. 1: the device's own thread, which also answers the registers.
 *     More: so many worker threads beside it, at most one a queue; queue i is served by worker i modulo their number. The
 *     device must be {@linkplain io.virtio4j.device.VirtioDevice#servesQueuesConcurrently() made for that}; its error handler
 *     and the queues' call sinks are then called by several threads at a time
 * @param platform what is offered and required beside the features of the device and its queues. Memory is shared as it is, so
 *     nothing needs to be mapped for ACCESS_PLATFORM; with NOTIF_CONFIG_DATA a queue goes by a number that is not its index
 */
public record InProcessOptions(DeviceIdle idle, DeviceSleep sleep, int workers, PlatformFeatures platform) {
    /** One thread, which spins for a moment and then sleeps until kicked, on a platform that asks for nothing. */
    public static final InProcessOptions DEFAULTS =
            new InProcessOptions(DeviceIdle.NOTIFIED, DeviceSleep.DEFAULT, 1, PlatformFeatures.NONE);

    /**
     * Checks the ranges.
     *
     * @param idle what threads do when there is nothing to do
     * @param sleep how they fall asleep
     * @param workers 1 or more
     * @param platform what the device's place offers and requires
     * @throws IllegalArgumentException if there is no worker
     */
    public InProcessOptions {
        if (workers < 1) {
            throw new IllegalArgumentException("queues are served by 1 thread or more, not " + workers);
        }
    }

    /**
     * {@return the same with threads that idle in another way}
     *
     * @param newIdle see {@link #idle}
     */
    public InProcessOptions withIdle(DeviceIdle newIdle) {
        return new InProcessOptions(newIdle, sleep, workers, platform);
    }

    /**
     * {@return the same with threads that fall asleep in another way}
     *
     * @param newSleep see {@link #sleep}
     */
    public InProcessOptions withSleep(DeviceSleep newSleep) {
        return new InProcessOptions(idle, newSleep, workers, platform);
    }

    /**
     * {@return the same with another number of threads}
     *
     * @param newWorkers see {@link #workers}
     */
    public InProcessOptions withWorkers(int newWorkers) {
        return new InProcessOptions(idle, sleep, newWorkers, platform);
    }

    /**
     * {@return the same on another platform}
     *
     * @param newPlatform see {@link #platform}
     */
    public InProcessOptions withPlatform(PlatformFeatures newPlatform) {
        return new InProcessOptions(idle, sleep, workers, newPlatform);
    }
}
