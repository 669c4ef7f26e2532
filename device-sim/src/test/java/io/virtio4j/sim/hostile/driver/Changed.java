// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;

/** A sound device, for a test to spoil one thing of. */
class Changed implements VirtioDevice {
    private final VirtioDevice sound;

    Changed(VirtioDevice sound) {
        this.sound = sound;
    }

    @Override
    public int deviceId() {
        return sound.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return sound.offeredFeatures();
    }

    @Override
    public int queueCount() {
        return sound.queueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return sound.maxQueueSize(queueIndex);
    }

    @Override
    public ConfigSpace config() {
        return sound.config();
    }

    @Override
    public void attach(Runnable wakeUp) {
        sound.attach(wakeUp);
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        sound.start(negotiated, queues);
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return sound.onQueueStop(queueIndex);
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        sound.onQueueStart(queue);
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        return sound.onQueue(queue);
    }

    @Override
    public int doQueueWork(DeviceQueue queue) {
        return sound.doQueueWork(queue);
    }

    @Override
    public int doWork() {
        return sound.doWork();
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        sound.onConfigWrite(offset, source);
    }

    @Override
    public void reset() {
        sound.reset();
    }
}
