// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.IdleStrategy;

/**
 * A device on the driver's own thread: it works when the driver idles, and only then. Writes down what the driver does to
 * the registers.
 */
final class InlineTransport implements Transport, IdleStrategy {
    final List<String> writes = new ArrayList<>();
    final List<Throwable> deviceErrors = new ArrayList<>();
    final List<QueueConfig> queues = new ArrayList<>();
    final List<Integer> regionsAsked = new ArrayList<>();

    /** How often the doorbell was rung. */
    int kicks;

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final DeviceSession session;
    private ConfigChangeListener listener = () -> {};

    /** The device does nothing while this is false, not even when the driver idles. */
    boolean running = true;

    /** The device's registers do not answer any more. */
    boolean dead;

    InlineTransport(VirtioDevice device, GuestMemory memory) {
        this.device = device;
        this.memory = memory;
        this.session = new DeviceSession(device, memory, () -> listener.onConfigChange(), deviceErrors::add);
    }

    /** What a device does that has changed its configuration. */
    void configChanged() {
        listener.onConfigChange();
    }

    int service() {
        return session.service();
    }

    @Override
    public void idle() {
        if (running) {
            session.service();
        } else {
            Thread.onSpinWait();
        }
    }

    @Override
    public void idle(int workCount) {
        idle();
    }

    @Override
    public void reset() {}

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return DeviceSession.offeredFeatures(device);
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        writes.add("features " + features);
        session.acknowledgeFeatures(features);
    }

    @Override
    public int status() {
        return session.status();
    }

    @Override
    public void writeStatus(int status) {
        if (dead) {
            throw new TransportException("cannot write status " + status + ": the device is dead");
        }
        writes.add("status " + status);
        session.writeStatus(status);
    }

    @Override
    public int configGeneration() {
        return device.config().generation();
    }

    @Override
    public int configLengthBytes() {
        return device.config().lengthBytes();
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        device.config().read(offset, destination);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        writes.add("config " + offset + "+" + source.length);
        session.writeConfig(offset, source);
    }

    @Override
    public Optional<SharedMemory> sharedMemoryRegion(int id) {
        regionsAsked.add(id);
        return device.sharedMemoryRegion(id);
    }

    @Override
    public GuestMemory memory() {
        return memory;
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
    public Doorbell activate(QueueConfig config, CallSink callSink) {
        writes.add("queue " + config.index());
        queues.add(config);
        session.configureQueue(config, callSink);
        return payload -> kicks++;
    }

    @Override
    public void resetQueue(int queueIndex) {
        writes.add("reset queue " + queueIndex);
        session.resetQueue(queueIndex);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        return session.isQueueReset(queueIndex);
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    @Override
    public void close() {
        session.writeStatus(0);
    }
}
