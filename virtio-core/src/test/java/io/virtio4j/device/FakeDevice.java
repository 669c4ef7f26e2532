// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/** A device with one queue that uses every chain at once; what it is told it writes down, what it answers is set here. */
final class FakeDevice implements VirtioDevice {
    static final int QUEUE_SIZE = 8;

    final ConfigSpace config = new ConfigSpace(16);
    final List<String> calls = new ArrayList<>();
    Features offered = Features.of(3, 5, 50);
    List<FeatureDependency> dependencies = List.of();
    int queueCount = 2;
    Features needed = Features.NONE;
    List<DeviceQueue> queues = List.of();
    Runnable onQueueHook = () -> {};
    Runnable onAcceptHook = () -> {};
    Runnable onStartHook = () -> {};
    Runnable onResetHook = () -> {};

    /** Whether the device lets go of a queue when it is asked to. */
    BooleanSupplier letsGo = () -> true;

    Runnable onQueueStartHook = () -> {};
    Runnable onConfigWriteHook = () -> {};

    /** Whether its queues may be served by several threads. */
    boolean concurrent;

    /** What there is to do for a queue apart from new chains. */
    ToIntFunction<DeviceQueue> queueWork = queue -> 0;

    int ownWork;

    @Override
    public int deviceId() {
        return 63;
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public List<FeatureDependency> featureDependencies() {
        return dependencies;
    }

    @Override
    public int queueCount() {
        return queueCount;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return QUEUE_SIZE;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public boolean acceptsFeatures(Features acknowledged) {
        onAcceptHook.run();
        return needed.isSubsetOf(acknowledged);
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> startedQueues) {
        calls.add("start " + negotiated + " with " + startedQueues.size() + " queues");
        queues = startedQueues;
        onStartHook.run();
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        calls.add("stop queue " + queueIndex);
        return letsGo.getAsBoolean();
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        calls.add("start queue " + queue.config().index() + " of "
                + queue.config().size());
        onQueueStartHook.run();
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        onQueueHook.run();
        int taken = 0;
        int handle;
        while ((handle = queue.next()) >= 0) {
            queue.complete(handle, 0);
            taken++;
        }
        queue.flush();
        return taken;
    }

    @Override
    public boolean servesQueuesConcurrently() {
        return concurrent;
    }

    @Override
    public int doQueueWork(DeviceQueue queue) {
        return queueWork.applyAsInt(queue);
    }

    @Override
    public int doWork() {
        ownWork++;
        return 0;
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        calls.add("write config " + offset + " " + source.length);
        onConfigWriteHook.run();
    }

    @Override
    public void reset() {
        calls.add("reset");
        onResetHook.run();
    }
}
