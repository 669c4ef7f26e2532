// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.hostile;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;

/** Somebody's device: it fills buffers with one byte. */
final class FillDevice implements VirtioDevice {
    static final byte FILL = 0x5A;
    private static final int MOST_BYTES = 4096;
    private static final int DEVICE_ID = 42;
    private static final int MAX_QUEUE_SIZE = 64;

    private final ConfigSpace config = new ConfigSpace(0);

    @Override
    public int deviceId() {
        return DEVICE_ID;
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
        return MAX_QUEUE_SIZE;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        int limit = queue.config().size();
        int taken = 0;
        int handle;
        while (taken < limit && (handle = queue.next()) >= 0) {
            DescriptorChain chain = queue.chain(handle);
            int lengthBytes = (int) Math.min(chain.writableBytes(), MOST_BYTES);
            for (int i = 0; i < lengthBytes; i++) {
                chain.putByte(i, FILL);
            }
            queue.complete(handle, lengthBytes);
            taken++;
        }
        queue.flush();
        return taken;
    }

    @Override
    public void reset() {}
}
