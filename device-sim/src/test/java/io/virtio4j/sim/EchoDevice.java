// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;

/** A device that answers each request with its own bytes. */
final class EchoDevice implements VirtioDevice {
    static final int ID = 63;
    static final int QUEUE_SIZE = 64;

    /** A request whose first byte is this makes the device throw, as a broken one would. */
    static final int POISON_EXCEPTION = 0xE0;

    /** A request whose first byte is this ends the device's thread. */
    static final int POISON_ERROR = 0xE1;

    /** A request whose first byte is this has the device change its configuration before it answers. */
    static final int CHANGE_CONFIG = 0xE2;

    final ConfigSpace config = new ConfigSpace(8);
    private final byte[] bytes = new byte[4096];

    @Override
    public int deviceId() {
        return ID;
    }

    @Override
    public Features offeredFeatures() {
        return Features.of(3);
    }

    @Override
    public int queueCount() {
        return 2;
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
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        int id;
        while ((id = queue.next()) >= 0) {
            DescriptorChain chain = queue.chain(id);
            int length = (int) Math.min(chain.readableBytes(), chain.writableBytes());
            chain.getBytes(0, bytes, 0, length);
            if ((bytes[0] & 0xFF) == POISON_EXCEPTION) {
                throw new IllegalStateException("poisoned");
            }
            if ((bytes[0] & 0xFF) == POISON_ERROR) {
                throw new AssertionError("poisoned");
            }
            if ((bytes[0] & 0xFF) == CHANGE_CONFIG) {
                config.update(fields -> fields.putByte(0, 1));
            }
            chain.putBytes(0, bytes, 0, length);
            queue.complete(id, length);
            taken++;
        }
        queue.flush();
        return taken;
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        config.update(fields -> {
            for (int i = 0; i < source.length; i++) {
                fields.putByte(offset + i, source[i]);
            }
        });
    }

    @Override
    public void reset() {}
}
