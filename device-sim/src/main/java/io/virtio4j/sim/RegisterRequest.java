// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.QueueState;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the driver asks of the device through its registers. Made anew for each request and never changed by the driver
 * afterwards, since the device may look at it after the driver has given up waiting. H and I of the {@link ControlBlock} order
 * it and its answer.
 */
@FunctionalInterface
interface RegisterRequest {
    /**
     * Does it, on the device's thread.
     *
     * @param session the device's state
     * @return the answer, where this asks something
     */
    boolean on(DeviceSession session);

    /** The status register, and what the device looks at when it is written. */
    static RegisterRequest writeStatus(int status, Features acknowledged, List<ActivatedQueue> queues) {
        return session -> {
            session.acknowledgeFeatures(acknowledged);
            // One that works takes queues one by one: see enableQueue().
            if ((session.status() & DeviceStatus.DRIVER_OK) == 0) {
                queues.forEach(queue -> configure(session, queue));
            }
            session.writeStatus(status);
            return false;
        };
    }

    /** Asks the device to write its configuration; the bytes are this request's own. */
    static RegisterRequest writeConfig(int offset, byte[] bytes) {
        return session -> {
            session.writeConfig(offset, bytes);
            return false;
        };
    }

    /** Yes if the queue had been reset, and works now. */
    static RegisterRequest enableQueue(ActivatedQueue queue) {
        int index = queue.config().index();
        return session -> {
            boolean wasReset = session.isQueueReset(index);
            configure(session, queue);
            return wasReset && !session.isQueueReset(index) && isHealthy(session);
        };
    }

    /** Asks for the reset of a queue, which may not be complete when this is answered. */
    static RegisterRequest resetQueue(int queueIndex) {
        return session -> {
            session.resetQueue(queueIndex);
            return false;
        };
    }

    /** Yes if its reset is complete. */
    static RegisterRequest isQueueReset(int queueIndex) {
        return session -> session.isQueueReset(queueIndex);
    }

    /** Yes if the queue had been stopped; then it goes on from the state. */
    static RegisterRequest startQueue(ActivatedQueue queue) {
        return session -> {
            if (session.queueState(queue.config().index()).isEmpty()) {
                return false;
            }
            configure(session, queue);
            return true;
        };
    }

    private static void configure(DeviceSession session, ActivatedQueue queue) {
        QueueState state = queue.state();
        if (state == null) {
            session.configureQueue(queue.config(), queue.callSink());
        } else {
            session.configureQueue(queue.config(), queue.callSink(), state);
        }
    }

    private static boolean isHealthy(DeviceSession session) {
        return (session.status() & DeviceStatus.DEVICE_NEEDS_RESET) == 0;
    }

    /** Asks a queue to stop; yes if it stands still, and then this has its state. */
    final class StopQueue implements RegisterRequest {
        private final int queueIndex;
        private @Nullable QueueState state;

        StopQueue(int queueIndex) {
            this.queueIndex = queueIndex;
        }

        @Override
        public boolean on(DeviceSession session) {
            session.stopQueue(queueIndex);
            state = session.queueState(queueIndex).orElse(null);
            return state != null;
        }

        /** For the driver, after a yes. */
        @Nullable
        QueueState state() {
            return state;
        }
    }
}
