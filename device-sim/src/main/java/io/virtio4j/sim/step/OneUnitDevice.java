// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stands between a session, which serves all of a device in one go, and the device, which is to do one thing in a step. */
final class OneUnitDevice implements VirtioDevice {
    /** A unit: none of the queues, the device's own work. */
    static final int OWN_WORK = -1;

    private final VirtioDevice device;
    private List<DeviceQueue> queues = List.of();
    private int unit = OWN_WORK;
    private @Nullable RuntimeException failure;

    OneUnitDevice(VirtioDevice device) {
        this.device = device;
    }

    /** The next service does this only: a queue's index, or {@link #OWN_WORK}. */
    void select(int newUnit) {
        unit = newUnit;
    }

    /** The next service ends in this. */
    void failWith(RuntimeException newFailure) {
        failure = newFailure;
    }

    /** {@return the queues that the driver has set up} */
    List<DeviceQueue> queues() {
        return queues;
    }

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return device.offeredFeatures();
    }

    @Override
    public int queueCount() {
        return device.queueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return device.maxQueueSize(queueIndex);
    }

    @Override
    public ConfigSpace config() {
        return device.config();
    }

    @Override
    public boolean acceptsFeatures(Features acknowledged) {
        return device.acceptsFeatures(acknowledged);
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> newQueues) {
        queues = newQueues;
        device.start(negotiated, newQueues);
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        queues = queues.stream()
                .filter(queue -> queue.config().index() != queueIndex)
                .toList();
        return device.onQueueStop(queueIndex);
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        queues = Stream.concat(queues.stream(), Stream.of(queue)).toList();
        device.onQueueStart(queue);
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        return queue.config().index() == unit ? device.onQueue(queue) : 0;
    }

    /** The device's own work, here: one thread does it all. */
    @Override
    public int doQueueWork(DeviceQueue queue) {
        return unit == OWN_WORK ? device.doQueueWork(queue) : 0;
    }

    @Override
    public int doWork() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            failure = null;
            throw thrown;
        }
        return unit == OWN_WORK ? device.doWork() : 0;
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        device.onConfigWrite(offset, source);
    }

    @Override
    public void reset() {
        queues = List.of();
        device.reset();
    }
}
