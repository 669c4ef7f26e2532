// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A packed ring holds no more descriptors than it has slots, whatever its driver says. */
class PackedOutstandingTest {
    private static final int SIZE = 4;
    private static final long BASE = 0x1000;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private final SharedMemory memory = SharedMemory.allocate(4096, BASE);
    private final List<Throwable> errors = new ArrayList<>();
    private final DeviceQueue device = DeviceQueue.create(
            new QueueConfig(
                    0,
                    SIZE,
                    Features.of(FeatureBits.VERSION_1, FeatureBits.RING_PACKED),
                    new QueueAddresses(BASE, BASE + 256, BASE + 512)),
            GuestMemory.of(memory),
            queueIndex -> {},
            errors::add);

    private void makeAvailable(int slot, int flags) {
        memory.putLe64(16L * slot, BASE);
        memory.putLe32(16L * slot + 8, 1);
        memory.putLe16(16L * slot + 12, slot);
        memory.putLe16(16L * slot + 14, flags);
    }

    @Test
    void aSlotMadeAvailableAgainBeforeItWasShownUsedBreaksTheQueue() {
        for (int slot = 0; slot < SIZE; slot++) {
            makeAvailable(slot, AVAIL);
            device.complete(device.next(), 0);
        }

        makeAvailable(0, USED);

        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(errors).hasSize(1);
    }

    @Test
    void aSlotMadeAvailableAgainAfterItWasShownUsedIsTaken() {
        for (int slot = 0; slot < SIZE; slot++) {
            makeAvailable(slot, AVAIL);
            device.complete(device.next(), 0);
        }
        device.publish();

        makeAvailable(0, USED);

        assertThat(device.next()).isNotNegative();
    }
}
