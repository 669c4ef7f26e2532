// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a {@link GpuDevice} is opened with. An immutable value; {@link #defaults()} and the {@code with} methods.
 *
 * @param barriers where the fences stand while a command is waited for
 * @param timeoutNanos how long a command may take, more than 0
 * @param queueSize how many descriptors a queue has at most, 2 or more; the device may allow fewer
 * @param idle what to do between two looks at the used index; one driver's own
 * @param ringFeatures features of queues to use where the device offers them
 * @param errorHandler is told once when the device breaks a queue, before the command that met it fails
 */
public record GpuOptions(
        BarrierPolicy barriers,
        long timeoutNanos,
        int queueSize,
        IdleStrategy idle,
        Features ringFeatures,
        ErrorHandler errorHandler) {
    private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int DEFAULT_QUEUE_SIZE = 64;
    private static final int MIN_QUEUE_SIZE = 2;

    /** Whoever waits for the command learns of it by the exception, with this as its cause. */
    private static final ErrorHandler TELL_NOBODY_ELSE = error -> {};

    /**
     * Checks the ranges.
     *
     * @param barriers where the fences stand while a command is waited for
     * @param timeoutNanos more than 0
     * @param queueSize 2 or more
     * @param idle what to do between two looks
     * @param ringFeatures features of queues to use
     * @param errorHandler is told of a broken queue
     * @throws IllegalArgumentException if one is out of its range
     */
    public GpuOptions {
        if (timeoutNanos <= 0 || queueSize < MIN_QUEUE_SIZE) {
            throw new IllegalArgumentException("a timeout is more than 0 and a queue has at least " + MIN_QUEUE_SIZE
                    + " descriptors: " + timeoutNanos + " ns, " + queueSize + " descriptors");
        }
    }

    /** {@return optimized barriers, 10 seconds, 64 descriptors, a busy spin} */
    public static GpuOptions defaults() {
        return new GpuOptions(
                BarrierPolicy.OPTIMIZED,
                DEFAULT_TIMEOUT_NANOS,
                DEFAULT_QUEUE_SIZE,
                BusySpinIdleStrategy.INSTANCE,
                DriverSpec.RING_FEATURES,
                TELL_NOBODY_ELSE);
    }

    /**
     * {@return the same with other barriers}
     *
     * @param newBarriers where the fences stand while a command is waited for
     */
    public GpuOptions withBarriers(BarrierPolicy newBarriers) {
        return new GpuOptions(newBarriers, timeoutNanos, queueSize, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another timeout}
     *
     * @param newTimeoutNanos how long a command may take
     */
    public GpuOptions withTimeoutNanos(long newTimeoutNanos) {
        return new GpuOptions(barriers, newTimeoutNanos, queueSize, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another queue size}
     *
     * @param newQueueSize how many descriptors a queue has at most
     */
    public GpuOptions withQueueSize(int newQueueSize) {
        return new GpuOptions(barriers, timeoutNanos, newQueueSize, idle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another way to wait}
     *
     * @param newIdle what to do between two looks
     */
    public GpuOptions withIdle(IdleStrategy newIdle) {
        return new GpuOptions(barriers, timeoutNanos, queueSize, newIdle, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with other features of queues}
     *
     * @param newRingFeatures features to use where the device offers them
     */
    public GpuOptions withRingFeatures(Features newRingFeatures) {
        return new GpuOptions(barriers, timeoutNanos, queueSize, idle, newRingFeatures, errorHandler);
    }

    /**
     * {@return the same with another error handler}
     *
     * @param newErrorHandler is told of a broken queue
     */
    public GpuOptions withErrorHandler(ErrorHandler newErrorHandler) {
        return new GpuOptions(barriers, timeoutNanos, queueSize, idle, ringFeatures, newErrorHandler);
    }
}
