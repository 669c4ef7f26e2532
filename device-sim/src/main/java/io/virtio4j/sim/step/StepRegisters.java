// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.QueueState;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The registers of a stepped device: the status, whose reset may take some reads, and the queues. A look at something that is
 * not done yet lets a step pass.
 */
final class StepRegisters {
    private static final long STOP_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SteppedTransport transport;
    private final DeviceSession session;
    private final StepUnits units;
    private final int resetDelaySteps;

    /** As the driver has set them up, by index; not those that it has reset since. */
    private final Map<Integer, QueueConfig> queues = new TreeMap<>();

    /** Those that it has reset and not set up again. */
    private final Set<Integer> resetQueues = new TreeSet<>();

    private Features acknowledged = Features.NONE;

    /** Reads of the status until the reset is complete; 0 when there is none under way. */
    private int resetReadsLeft;

    StepRegisters(SteppedTransport transport, DeviceSession session, StepUnits units, int resetDelaySteps) {
        this.transport = transport;
        this.session = session;
        this.units = units;
        this.resetDelaySteps = resetDelaySteps;
    }

    void acknowledgeFeatures(Features features) {
        if ((session.status() & DeviceStatus.FEATURES_OK) != 0) {
            throw new IllegalStateException(
                    "features cannot be acknowledged after FEATURES_OK: " + features + ", " + transport);
        }
        acknowledged = features;
        session.acknowledgeFeatures(features);
    }

    // --- the status --------------------------------------------------------------------------------------------

    /** Reads the status of a device that goes on. */
    int readStatus() {
        if (resetReadsLeft > 0) {
            transport.step();
            if (resetReadsLeft != StepPlan.NEVER && --resetReadsLeft == 0) {
                reset();
            }
        }
        return session.status();
    }

    void writeStatus(int status) {
        if (status == DeviceStatus.RESET) {
            beginReset();
        } else if (resetReadsLeft > 0) {
            throw new IllegalStateException("the driver writes status " + status
                    + " while a reset is under way: it must read the status until it is 0. " + transport);
        } else {
            session.writeStatus(status);
            units.statusWritten();
        }
    }

    private void beginReset() {
        if (resetReadsLeft > 0) {
            return;
        }
        // The status of a device that nobody has touched since its last reset reads 0 in any case.
        resetReadsLeft = session.status() == DeviceStatus.RESET ? 0 : resetDelaySteps;
        if (resetReadsLeft == 0) {
            reset();
        }
    }

    /** At once, whatever the plan says. */
    void reset() {
        resetReadsLeft = 0;
        queues.clear();
        resetQueues.clear();
        acknowledged = Features.NONE;
        session.writeStatus(DeviceStatus.RESET);
        units.reset();
    }

    private boolean works() {
        return (session.status() & DeviceStatus.DRIVER_OK) != 0;
    }

    // --- the queues --------------------------------------------------------------------------------------------

    Doorbell activate(QueueConfig queue, CallSink callSink) {
        int index = queue.index();
        if (works()) {
            requireHealthy("set up queue " + index);
            if (!session.isQueueReset(index)) {
                throw new IllegalStateException("a device that works takes a queue only after its reset, not " + queue
                        + "; reset are " + resetQueues + ": " + transport);
            }
        }
        units.listen(index, callSink);
        session.configureQueue(queue, this::call);
        if (works()) {
            requireHealthy("set up queue " + index);
            units.queuesChanged();
        }
        queues.put(index, queue);
        resetQueues.remove(index);
        return payload -> units.kicks.send(index, transport.steps());
    }

    private void call(int queueIndex) {
        units.calls.send(queueIndex, transport.steps());
    }

    void resetQueue(int queueIndex) {
        if (!works() || !acknowledged.has(FeatureBits.RING_RESET)) {
            throw new IllegalStateException("queue " + queueIndex
                    + " is reset by itself at DRIVER_OK and with RING_RESET, not with features " + acknowledged + ": "
                    + transport);
        }
        if (!resetQueues.contains(queueIndex)) {
            requireSetUp(queueIndex);
        }
        session.resetQueue(queueIndex);
        if ((session.status() & DeviceStatus.DEVICE_NEEDS_RESET) == 0) {
            // It may still have chains of the queue in hand; of the driver it takes nothing any more.
            queues.remove(queueIndex);
            resetQueues.add(queueIndex);
            units.queueReset(queueIndex);
        }
        units.queuesChanged();
    }

    boolean isQueueReset(int queueIndex) {
        if (!session.isQueueReset(queueIndex)) {
            units.wake();
            transport.step();
        }
        return session.isQueueReset(queueIndex);
    }

    QueueState stopQueue(int queueIndex) {
        requireSetUp(queueIndex);
        if (!works()) {
            throw new IllegalStateException(
                    "queue " + queueIndex + " has nothing to stop before DRIVER_OK: " + transport);
        }
        session.stopQueue(queueIndex);
        units.queuesChanged();
        long deadlineNanos = System.nanoTime() + STOP_TIMEOUT_NANOS;
        Optional<QueueState> state = session.queueState(queueIndex);
        while (state.isEmpty()) {
            requireHealthy("stop queue " + queueIndex);
            // By the clock: the chains may be with a store that works on another thread.
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("cannot stop queue " + queueIndex
                        + ": the device still has chains of it in hand: " + transport);
            }
            units.wake();
            transport.step();
            state = session.queueState(queueIndex);
        }
        return state.get();
    }

    void startQueue(int queueIndex, QueueState state) {
        QueueConfig queue = requireSetUp(queueIndex);
        if (state.format() != queue.format() || state.size() != queue.size()) {
            throw new IllegalArgumentException("a state of a queue of " + state.size() + " descriptors, "
                    + state.format() + ", does not fit " + queue);
        }
        if (works()) {
            requireHealthy("start queue " + queueIndex);
            if (session.queueState(queueIndex).isEmpty()) {
                throw new IllegalStateException(
                        "queue " + queueIndex + " works, or has not been stopped: " + transport);
            }
        }
        session.configureQueue(queue, this::call, state);
        if (works()) {
            units.queuesChanged();
            requireHealthy("start queue " + queueIndex);
        }
    }

    private QueueConfig requireSetUp(int queueIndex) {
        QueueConfig queue = queues.get(queueIndex);
        if (queue == null) {
            throw new IllegalStateException("queue " + queueIndex + " is not set up, or was reset: " + transport);
        }
        return queue;
    }

    private void requireHealthy(String what) {
        if ((session.status() & DeviceStatus.DEVICE_NEEDS_RESET) != 0) {
            throw new TransportException("cannot " + what + ": the device needs a reset: " + transport);
        }
    }
}
