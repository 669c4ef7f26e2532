// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a {@link BlkDevice} is opened with. Start from {@link #defaults(ErrorHandler)} and change what matters.
 *
 * @param barriers where the fences stand while a request is waited for
 * @param queues how many request queues to use at most, 1 or more; the device may have fewer
 * @param queueSize how many descriptors a queue has at most, 4 or more; the device may allow fewer
 * @param timeoutNanos how long a request may take from its submission, more than 0
 * @param idle gives each queue what to do between two looks at it: a strategy of its own, since most have a state
 * @param sleep whether a wait sleeps until the device calls, once 128 looks have found nothing. It then costs no processor and,
 *     where the device answers late, a notification each; without it, a wait looks until there is an answer. A thread that
 *     is interrupted cannot sleep: an interrupt ends no wait, and makes it look
 * @param flush whether to agree to flushes. If not, each write is durable when it is done, at the price that the device asks
 *     for that (VirtIO 1.2, 5.2.5.1 Driver Requirements: Device Initialization)
 * @param ringFeatures features of queues to use where the device offers them
 * @param errorHandler is told, on the queue's thread, once of each request that timed out, and once if the device breaks
 *     a queue
 */
public record BlkOptions(
        BarrierPolicy barriers,
        int queues,
        int queueSize,
        long timeoutNanos,
        Supplier<IdleStrategy> idle,
        boolean sleep,
        boolean flush,
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

    /** {@link DriverSpec#RING_FEATURES}, and RING_RESET, which costs nothing until a request is lost. */
    private static final Features RING_FEATURES = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);

    /**
     * Checks the ranges.
     *
     * @param barriers where the fences stand
     * @param queues 1 or more
     * @param queueSize 4 or more
     * @param timeoutNanos more than 0
     * @param idle what to do between two looks
     * @param sleep whether to sleep until called
     * @param flush whether to agree to flushes
     * @param ringFeatures features of queues to use
     * @param errorHandler is told of what goes wrong
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlkOptions {
        if (queues < 1 || queueSize < MIN_QUEUE_SIZE || timeoutNanos <= 0) {
            throw new IllegalArgumentException("there is at least one queue, of at least " + MIN_QUEUE_SIZE
                    + " descriptors, and a timeout is more than 0: " + queues + " queues, " + queueSize
                    + " descriptors, " + timeoutNanos + " ns");
        }
    }

    /**
     * {@return optimized barriers, one queue of 256 descriptors, 30 seconds, a wait that spins first and then looks every 100 us,
     * flushes, and a queue that can be reset by itself}
     *
     * @param errorHandler is told of what goes wrong
     */
    public static BlkOptions defaults(ErrorHandler errorHandler) {
        return new BlkOptions(
                BarrierPolicy.OPTIMIZED,
                1,
                DEFAULT_QUEUE_SIZE,
                DEFAULT_TIMEOUT_NANOS,
                () -> new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NANOS, MAX_PARK_NANOS),
                false,
                true,
                RING_FEATURES,
                errorHandler);
    }

    /**
     * {@return the same with other barriers}
     *
     * @param newBarriers see {@link #barriers}
     */
    public BlkOptions withBarriers(BarrierPolicy newBarriers) {
        return new BlkOptions(
                newBarriers, queues, queueSize, timeoutNanos, idle, sleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another number of queues}
     *
     * @param newQueues see {@link #queues}
     */
    public BlkOptions withQueues(int newQueues) {
        return new BlkOptions(
                barriers, newQueues, queueSize, timeoutNanos, idle, sleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another queue size}
     *
     * @param newQueueSize see {@link #queueSize}
     */
    public BlkOptions withQueueSize(int newQueueSize) {
        return new BlkOptions(
                barriers, queues, newQueueSize, timeoutNanos, idle, sleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another timeout}
     *
     * @param newTimeoutNanos see {@link #timeoutNanos}
     */
    public BlkOptions withTimeoutNanos(long newTimeoutNanos) {
        return new BlkOptions(
                barriers, queues, queueSize, newTimeoutNanos, idle, sleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with other ways to wait}
     *
     * @param newIdle see {@link #idle}
     */
    public BlkOptions withIdle(Supplier<IdleStrategy> newIdle) {
        return new BlkOptions(
                barriers, queues, queueSize, timeoutNanos, newIdle, sleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another way to wait, for a driver of one queue}
     *
     * @param newIdle used by this driver only
     */
    public BlkOptions withIdle(IdleStrategy newIdle) {
        return withIdle(() -> newIdle);
    }

    /**
     * {@return the same with waits that sleep, or not}
     *
     * @param newSleep see {@link #sleep}
     */
    public BlkOptions withSleep(boolean newSleep) {
        return new BlkOptions(
                barriers, queues, queueSize, timeoutNanos, idle, newSleep, flush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with flushes or without}
     *
     * @param newFlush see {@link #flush}
     */
    public BlkOptions withFlush(boolean newFlush) {
        return new BlkOptions(
                barriers, queues, queueSize, timeoutNanos, idle, sleep, newFlush, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with other features of queues}
     *
     * @param newRingFeatures see {@link #ringFeatures}
     */
    public BlkOptions withRingFeatures(Features newRingFeatures) {
        return new BlkOptions(
                barriers, queues, queueSize, timeoutNanos, idle, sleep, flush, newRingFeatures, errorHandler);
    }
}
