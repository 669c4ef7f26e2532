// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.QueueState;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import org.jspecify.annotations.Nullable;

/**
 * A queue that the driver has told of.
 *
 * @param config index, size and addresses
 * @param callSink gets its used-buffer notifications
 * @param state where it is to begin or to go on; null at its beginning
 */
record ActivatedQueue(
        QueueConfig config, CallSink callSink, @Nullable QueueState state) {}
