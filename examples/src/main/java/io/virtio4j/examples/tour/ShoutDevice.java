// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.tour;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;

/** A device that answers each request with its own bytes, in capitals. */
final class ShoutDevice implements VirtioDevice {
    /** No device type has this number. */
    static final int ID = 63;

    private static final int MAX_QUEUE_SIZE = 256;

    private final ConfigSpace config = new ConfigSpace(0);

    @Override
    public int deviceId() {
        return ID;
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

    /** Nothing of a queue is kept from one call to the next, so there is nothing to let go of. */
    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    // README: device
    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        int handle;
        while ((handle = queue.next()) >= 0) { // checked: no loop, no bad address, readable before writable
            DescriptorChain chain = queue.chain(handle);
            long length = Math.min(chain.readableBytes(), chain.writableBytes());
            for (long i = 0; i < length; i++) {
                chain.putByte(i, Character.toUpperCase(chain.getByte(i)));
            }
            queue.complete(handle, length);
            taken++;
        }
        queue.flush(); // write barrier, index; full barrier, then a call only if the driver asked for it
        return taken;
    }
    // README: end

    @Override
    public void reset() {}
}
