// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;

/** A device that has one shared memory region, and does nothing else. */
final class RegionDevice implements VirtioDevice {
    static final int REGION_ID = 7;
    static final int REGION_BYTES = 4096;

    final SharedMemory region = SharedMemory.allocate(REGION_BYTES, 0);
    private final ConfigSpace config = new ConfigSpace(0);

    @Override
    public int deviceId() {
        return ContractProtocol.DEVICE_ID;
    }

    @Override
    public Features offeredFeatures() {
        return Features.NONE;
    }

    @Override
    public int queueCount() {
        return ContractProtocol.QUEUES;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return 1;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public Optional<SharedMemory> sharedMemoryRegion(int id) {
        return id == REGION_ID ? Optional.of(region) : Optional.empty();
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        // No queue of its own to look at.
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        // As in start().
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        return 0;
    }

    @Override
    public void reset() {
        // There is nothing to drop.
    }
}
