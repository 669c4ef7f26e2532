// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.QueueState;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What goes with a request of the driver's and with its answer. Plain fields: one end writes them before its word of the
 * {@link ControlBlock}, the other reads them after it (H and I).
 */
final class RegisterArguments {
    /** Written by the driver. */
    Features acknowledged = Features.NONE;

    ActivatedQueue[] activated = {};
    int configWriteOffset;
    byte[] configWriteBytes = {};
    int queueIndex;

    /** Where a queue is to go on, written by the driver; where it stopped, written by the device. */
    @Nullable
    QueueState queueState;

    /**
     * A queue that the driver has told of.
     *
     * @param state where it is to begin at DRIVER_OK; null at its beginning
     */
    record ActivatedQueue(
            QueueConfig config, CallSink callSink, @Nullable QueueState state) {}

    void reset() {
        acknowledged = Features.NONE;
        activated = new ActivatedQueue[0];
    }

    void activate(ActivatedQueue queue) {
        deactivate(queue.config.index());
        ActivatedQueue[] more = Arrays.copyOf(activated, activated.length + 1);
        more[activated.length] = queue;
        activated = more;
    }

    void deactivate(int index) {
        activated = Arrays.stream(activated)
                .filter(queue -> queue.config.index() != index)
                .toArray(ActivatedQueue[]::new);
    }

    @Nullable
    ActivatedQueue find(int index) {
        for (ActivatedQueue queue : activated) {
            if (queue.config.index() == index) {
                return queue;
            }
        }
        return null;
    }
}
