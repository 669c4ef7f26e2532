// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.QueueState;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.sim.RegisterRequest.StopQueue;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The driver's end of the registers of an in-process device's queues. What the device would ignore is refused here, so that what
 * is written down is what the device goes by. One thread at a time, the driver's.
 */
final class QueueRegisters {
    private final DriverRegisters registers;

    /** As the driver has set them up, by index; not those that it has reset since. */
    private final TreeMap<Integer, ActivatedQueue> activated = new TreeMap<>();

    /** Those that it has reset and not set up again. */
    private final Set<Integer> reset = new TreeSet<>();

    QueueRegisters(DriverRegisters registers) {
        this.registers = registers;
    }

    /** The device is being reset as a whole. */
    void clear() {
        activated.clear();
        reset.clear();
    }

    /** What the device takes at DRIVER_OK. */
    List<ActivatedQueue> activated() {
        return List.copyOf(activated.values());
    }

    void activate(QueueConfig config, CallSink callSink) {
        ActivatedQueue queue = new ActivatedQueue(config, callSink, null);
        String what = "set up queue " + config.index();
        if (registers.hasStatus(DeviceStatus.DRIVER_OK) && !registers.ask(RegisterRequest.enableQueue(queue), what)) {
            requireHealthy(what);
            throw new IllegalStateException(
                    "a device that works takes a queue only after its reset, not " + config + "; reset are " + reset);
        }
        activated.put(config.index(), queue);
        reset.remove(config.index());
    }

    void reset(int queueIndex, Features negotiated) {
        int status = registers.status();
        if ((status & DeviceStatus.DRIVER_OK) == 0 || !negotiated.has(FeatureBits.RING_RESET)) {
            throw new IllegalStateException("queue " + queueIndex
                    + " is reset by itself at DRIVER_OK and with RING_RESET, not at status " + status
                    + " with features " + negotiated);
        }
        if (!reset.contains(queueIndex)) {
            requireActivated(queueIndex);
        }
        registers.request(RegisterRequest.resetQueue(queueIndex), "reset queue " + queueIndex);
        activated.remove(queueIndex);
        reset.add(queueIndex);
    }

    boolean isReset(int queueIndex) {
        return registers.ask(RegisterRequest.isQueueReset(queueIndex), "ask whether queue " + queueIndex + " is reset");
    }

    QueueState stop(int queueIndex) {
        requireActivated(queueIndex);
        if (!registers.hasStatus(DeviceStatus.DRIVER_OK)) {
            throw new IllegalStateException("queue " + queueIndex
                    + " has nothing to stop: the device works from DRIVER_OK on, not at status " + registers.status());
        }
        String what = "stop queue " + queueIndex;
        long deadlineNanos = System.nanoTime() + registers.answerTimeoutNanos();
        while (true) {
            StopQueue request = new StopQueue(queueIndex);
            if (registers.ask(request, what)) {
                return Objects.requireNonNull(request.state());
            }
            requireHealthy(what);
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("cannot " + what + ": the device still has chains of it in hand");
            }
            registers.park();
        }
    }

    void start(int queueIndex, QueueState state) {
        ActivatedQueue queue = requireActivated(queueIndex);
        QueueConfig config = queue.config();
        if (state.format() != config.format() || state.size() != config.size()) {
            throw new IllegalArgumentException("a state of a queue of " + state.size() + " descriptors, "
                    + state.format() + ", does not fit " + config);
        }
        ActivatedQueue resumed = new ActivatedQueue(config, queue.callSink(), state);
        if (!registers.hasStatus(DeviceStatus.DRIVER_OK)) {
            activated.put(queueIndex, resumed);
            return;
        }
        String what = "start queue " + queueIndex;
        requireHealthy(what);
        if (!registers.ask(RegisterRequest.startQueue(resumed), what)) {
            throw new IllegalStateException("queue " + queueIndex + " works, or has not been stopped");
        }
        requireHealthy(what);
    }

    private ActivatedQueue requireActivated(int queueIndex) {
        ActivatedQueue queue = activated.get(queueIndex);
        if (queue == null) {
            throw new IllegalStateException("queue " + queueIndex + " is not set up, or was reset; set up are "
                    + activated.keySet() + ", reset are " + reset);
        }
        return queue;
    }

    private void requireHealthy(String what) {
        if (registers.hasStatus(DeviceStatus.DEVICE_NEEDS_RESET)) {
            throw new TransportException("cannot " + what + ": the device needs a reset");
        }
    }
}
