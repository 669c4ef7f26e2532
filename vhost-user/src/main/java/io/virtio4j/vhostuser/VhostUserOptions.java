// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.wire.DeviceId;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * How a front-end meets its back-end. Start from {@link #block} and change what matters.
 *
 * @param deviceId the type of the device, see {@code DeviceId}: vhost-user does not tell
 * @param configBytes how much configuration such a device has at least, which vhost-user does not tell either; 0..256. What a
 *     block device's secure erase adds is asked for where that is offered
 * @param maxQueueSize the largest size of a queue, which it does not tell either; 1..32768
 * @param timeoutNanos how long any answer is waited for, more than 0
 * @param errorHandler is told, on a thread of the transport's, what goes wrong where no caller can be told
 */
public record VhostUserOptions(
        int deviceId, int configBytes, int maxQueueSize, long timeoutNanos, ErrorHandler errorHandler) {
    private static final int MAX_CONFIG_BYTES = 256;
    private static final int MAX_QUEUE_SIZE = 32768;
    private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Up to and with write zeroes: of more than 60 bytes qemu-storage-daemon 7.2 gives none at all. */
    private static final int BLOCK_CONFIG_BYTES = 60;

    /** What QEMU gives the queues of its devices. */
    private static final int DEFAULT_QUEUE_SIZE = 128;

    /**
     * Checks the ranges.
     *
     * @param deviceId the type of the device
     * @param configBytes 0..256
     * @param maxQueueSize 1..32768
     * @param timeoutNanos more than 0
     * @param errorHandler is told of what goes wrong
     * @throws IllegalArgumentException if one is out of its range
     */
    public VhostUserOptions {
        if (configBytes < 0
                || configBytes > MAX_CONFIG_BYTES
                || maxQueueSize < 1
                || maxQueueSize > MAX_QUEUE_SIZE
                || timeoutNanos <= 0) {
            throw new IllegalArgumentException("no back-end has " + configBytes + " bytes of configuration, queues of "
                    + maxQueueSize + " and " + timeoutNanos + " ns to answer");
        }
    }

    /**
     * {@return what a block device takes: 60 bytes of configuration, queues of 128, 5 seconds}
     *
     * @param errorHandler see {@link #errorHandler}
     */
    public static VhostUserOptions block(ErrorHandler errorHandler) {
        return new VhostUserOptions(
                DeviceId.BLOCK, BLOCK_CONFIG_BYTES, DEFAULT_QUEUE_SIZE, DEFAULT_TIMEOUT_NANOS, errorHandler);
    }

    /**
     * {@return the same with another time}
     *
     * @param newTimeoutNanos see {@link #timeoutNanos}
     */
    public VhostUserOptions withTimeoutNanos(long newTimeoutNanos) {
        return new VhostUserOptions(deviceId, configBytes, maxQueueSize, newTimeoutNanos, errorHandler);
    }

    /**
     * {@return the same with another bound on the size of queues}
     *
     * @param newMaxQueueSize see {@link #maxQueueSize}
     */
    public VhostUserOptions withMaxQueueSize(int newMaxQueueSize) {
        return new VhostUserOptions(deviceId, configBytes, newMaxQueueSize, timeoutNanos, errorHandler);
    }
}
