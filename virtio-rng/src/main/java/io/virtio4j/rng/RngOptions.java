// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * What an {@link RngDevice} is opened with. Start from {@link #defaults(ErrorHandler)} and change what matters.
 *
 * @param queueSize how many requests can be in flight at most, 1 or more; the device may allow fewer
 * @param timeoutNanos how long a submitted request, or a blocking call, may take, more than 0
 * @param ringFeatures features of queues to use where the device offers them
 * @param errorHandler is told, on the driver's thread, once of each timeout, once if the device gives buffers back without
 *     a byte, and once if it breaks the queue
 */
public record RngOptions(int queueSize, long timeoutNanos, Features ringFeatures, ErrorHandler errorHandler) {
    private static final int DEFAULT_QUEUE_SIZE = 16;
    private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * Checks the ranges.
     *
     * @param queueSize 1 or more
     * @param timeoutNanos more than 0
     * @param ringFeatures features of queues to use
     * @param errorHandler is told of what goes wrong
     * @throws IllegalArgumentException if one is out of its range
     */
    public RngOptions {
        if (queueSize < 1 || timeoutNanos <= 0) {
            throw new IllegalArgumentException("a queue has at least 1 descriptor and a timeout is more than 0: "
                    + queueSize + " descriptors, " + timeoutNanos + " ns");
        }
    }

    /**
     * {@return 16 requests at a time, and 30 seconds for each}
     *
     * @param errorHandler is told of what goes wrong
     */
    public static RngOptions defaults(ErrorHandler errorHandler) {
        return new RngOptions(DEFAULT_QUEUE_SIZE, DEFAULT_TIMEOUT_NANOS, DriverSpec.RING_FEATURES, errorHandler);
    }

    /**
     * {@return the same with another queue size}
     *
     * @param newQueueSize see {@link #queueSize}
     */
    public RngOptions withQueueSize(int newQueueSize) {
        return new RngOptions(newQueueSize, timeoutNanos, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with another timeout}
     *
     * @param newTimeoutNanos see {@link #timeoutNanos}
     */
    public RngOptions withTimeoutNanos(long newTimeoutNanos) {
        return new RngOptions(queueSize, newTimeoutNanos, ringFeatures, errorHandler);
    }

    /**
     * {@return the same with other features of queues}
     *
     * @param newRingFeatures see {@link #ringFeatures}
     */
    public RngOptions withRingFeatures(Features newRingFeatures) {
        return new RngOptions(queueSize, timeoutNanos, newRingFeatures, errorHandler);
    }
}
