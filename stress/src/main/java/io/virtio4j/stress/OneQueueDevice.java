// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;

/** A device of one queue that does nothing: a race says what it does. */
public abstract class OneQueueDevice implements VirtioDevice {
    private static final ConfigSpace NO_CONFIG = new ConfigSpace(0);

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    @Override
    public void onQueueStart(DeviceQueue started) {}

    @Override
    public void reset() {}

    @Override
    public int deviceId() {
        return 1;
    }

    @Override
    public Features offeredFeatures() {
        return Features.NONE;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return QueuePair.SMALL;
    }

    @Override
    public ConfigSpace config() {
        return NO_CONFIG;
    }
}
