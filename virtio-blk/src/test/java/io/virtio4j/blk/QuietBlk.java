// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.List;

/**
 * A block device that answers everything with OK at once, and writes nothing down: what it does takes no time and no
 * memory.
 */
final class QuietBlk implements VirtioDevice {
    private static final int QUEUE_SIZE = 256;
    private static final int CAPACITY_SECTORS = 1000;
    private static final int MOST_SECTORS = 100;
    private static final int MOST_SEGMENTS = 2;

    private final Features offered;
    private final ConfigSpace config = new ConfigSpace(BlkConfigLayout.LENGTH_BYTES);

    QuietBlk(Features offered, int sizeMax) {
        this.offered = offered;
        config.update(fields -> {
            fields.putLe64(BlkConfigLayout.CAPACITY, CAPACITY_SECTORS);
            fields.putLe32(BlkConfigLayout.SIZE_MAX, sizeMax);
            fields.putLe32(BlkConfigLayout.SEG_MAX, MOST_SEGMENTS);
            fields.putLe32(BlkConfigLayout.MAX_DISCARD_SECTORS, MOST_SECTORS);
            fields.putLe32(BlkConfigLayout.MAX_DISCARD_SEG, MOST_SEGMENTS);
            fields.putLe32(BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS, MOST_SECTORS);
            fields.putLe32(BlkConfigLayout.MAX_WRITE_ZEROES_SEG, MOST_SEGMENTS);
        });
    }

    @Override
    public int deviceId() {
        return DeviceId.BLOCK;
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public int queueCount() {
        return 1;
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
    public void start(Features features, List<DeviceQueue> queues) {
        // Nothing to prepare.
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        // Nothing to prepare here either.
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        int handle = queue.next();
        while (handle >= 0) {
            DescriptorChain chain = queue.chain(handle);
            chain.putByte(chain.writableBytes() - 1, BlkStatus.OK);
            queue.complete(handle, chain.writableBytes());
            taken++;
            handle = queue.next();
        }
        queue.flush();
        return taken;
    }

    @Override
    public void reset() {
        // Nothing is kept.
    }
}
