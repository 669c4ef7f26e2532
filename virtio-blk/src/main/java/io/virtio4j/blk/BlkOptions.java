// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a {@link BlkDevice} is opened with. Start from {@link #defaults(ErrorHandler)} and change what matters.
 *
 * @param barriers where the fences stand while a request is waited for
 * @param queueSize how many descriptors the queue has at most, 4 or more; the device may allow fewer
 * @param timeoutNanos how long a request may take from its submission, more than 0
 * @param idle what to do between two looks at the queue; used by this driver only
 * @param ringFeatures features of queues to use where the device offers them
 * @param errorHandler is told, on the driver's thread, once of each request that timed out, and once if the device breaks
 *     the queue
 */
public record BlkOptions(
        BarrierPolicy barriers,
        int queueSize,
        long timeoutNanos,
        IdleStrategy idle,
        Features ringFeatures,
        ErrorHandler errorHandler) {
    /** A header, a part of the data and a status, and one more so that the size can be a power of two. */
    static final int MIN_QUEUE_SIZE = 4;

    private static final int DEFAULT_QUEUE_SIZE = 256;
    private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int SPINS = 2_000;
    private static final int YIELDS = 20;
    private static final long MIN_PARK_NANOS = 1_000;
    private static final long MAX_PARK_NANOS = 100_000;

    /**
     * Checks the ranges.
     *
     * @param barriers where the fences stand
     * @param queueSize 4 or more
     * @param timeoutNanos more than 0
     * @param idle what to do between two looks
     * @param ringFeatures features of queues to use
     * @param errorHandler is told of what goes wrong
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkOptions {
        if (queueSize < MIN_QUEUE_SIZE || timeoutNanos <= 0) {
            throw new IllegalArgumentException("a queue has at least " + MIN_QUEUE_SIZE
                    + " descriptors and a timeout is more than 0: " + queueSize + " descriptors, " + timeoutNanos
                    + " ns");
        }
    }

    /**
     * {@return optimized barriers, 256 descriptors, 30 seconds, a wait that spins first and then sleeps}
     *
     * @param errorHandler is told of what goes wrong
     */
    public static BlkOptions defaults(ErrorHandler errorHandler) {
        return new BlkOptions(
                BarrierPolicy.OPTIMIZED,
                DEFAULT_QUEUE_SIZE,
                DEFAULT_TIMEOUT_NANOS,
                new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NANOS, MAX_PARK_NANOS),
                DriverSpec.RING_FEATURES,
                errorHandler);
    }

    /**
     * {@return the same with other barriers}
     *
     * @param newBarriers see {@link #barriers}
     */
    public BlkOptions withBarriers(BarrierPolicy newBarriers) {
        return new BlkOptions(newBarriers, queueSize, timeoutNanos, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another queue size}
     *
     * @param newQueueSize see {@link #queueSize}
     */
    public BlkOptions withQueueSize(int newQueueSize) {
        return new BlkOptions(barriers, newQueueSize, timeoutNanos, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another timeout}
     *
     * @param newTimeoutNanos see {@link #timeoutNanos}
     */
    public BlkOptions withTimeoutNanos(long newTimeoutNanos) {
        return new BlkOptions(barriers, queueSize, newTimeoutNanos, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another way to wait}
     *
     * @param newIdle see {@link #idle}
     */
    public BlkOptions withIdle(IdleStrategy newIdle) {
        return new BlkOptions(barriers, queueSize, timeoutNanos, newIdle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with other features of queues}
     *
     * @param newRingFeatures see {@link #ringFeatures}
     */
    public BlkOptions withRingFeatures(Features newRingFeatures) {
        return new BlkOptions(barriers, queueSize, timeoutNanos, idle, newRingFeatures, errorHandler);
    }
}
