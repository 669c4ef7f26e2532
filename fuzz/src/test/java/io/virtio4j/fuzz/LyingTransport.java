// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.ParkStrategy;
import io.virtio4j.transport.Transport;
import io.virtio4j.wire.Features;
import java.util.Optional;

/** A way to a device on which any answer may be another: identity, features, status, configuration, queues. Counts what it is asked. */
final class LyingTransport implements Transport {
    private final Transport honest;
    private final Steps steps;
    private final int oneIn;
    long asked;
    boolean lies = true;

    LyingTransport(Transport honest, Steps steps, int oneIn) {
        this.honest = honest;
        this.steps = steps;
        this.oneIn = oneIn;
    }

    private long tell(long right) {
        asked++;
        return lies && steps.oneIn(oneIn) ? steps.mostly(right, 1) : right;
    }

    @Override
    public int deviceId() {
        return (int) tell(honest.deviceId());
    }

    @Override
    public Features offeredFeatures() {
        asked++;
        Features right = honest.offeredFeatures();
        if (!lies || !steps.oneIn(oneIn)) {
            return right;
        }
        int bit = steps.below(128);
        return steps.oneIn(2) ? right.without(bit).without(steps.below(64)) : right.with(bit);
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        asked++;
        honest.acknowledgeFeatures(features);
    }

    @Override
    public int status() {
        return (int) tell(honest.status()) & 0xFF;
    }

    @Override
    public void writeStatus(int status) {
        asked++;
        honest.writeStatus(status);
    }

    @Override
    public int configGeneration() {
        return (int) tell(honest.configGeneration());
    }

    @Override
    public int configLengthBytes() {
        return (int) Math.max(0, Math.min(tell(honest.configLengthBytes()), honest.configLengthBytes()));
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        asked++;
        honest.readConfig(offset, destination);
        if (lies && destination.length > 0 && steps.oneIn(oneIn)) {
            destination[steps.below(destination.length)] = (byte) steps.edge();
        }
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        asked++;
        honest.writeConfig(offset, source);
    }

    @Override
    public GuestMemory memory() {
        return honest.memory();
    }

    @Override
    public ParkStrategy parkStrategy() {
        return honest.parkStrategy();
    }

    @Override
    public Optional<SharedMemory> sharedMemoryRegion(int id) {
        return honest.sharedMemoryRegion(id);
    }

    @Override
    public int queueCount() {
        return (int) Math.max(0, Math.min(tell(honest.queueCount()), 65_536));
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return (int) Math.max(0, Math.min(tell(honest.maxQueueSize(queueIndex)), 65_536));
    }

    @Override
    public Doorbell activate(QueueConfig config, CallSink callSink) {
        asked++;
        return honest.activate(config, callSink);
    }

    @Override
    public void resetQueue(int queueIndex) {
        asked++;
        honest.resetQueue(queueIndex);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        return tell(honest.isQueueReset(queueIndex) ? 1 : 0) != 0;
    }

    @Override
    public void onConfigChange(ConfigChangeListener listener) {
        asked++;
        honest.onConfigChange(listener);
    }

    @Override
    public void close() {
        honest.close();
    }
}
