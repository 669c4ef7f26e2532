// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one request queue works with, from a bring-up of the device to the next reset of it.
 *
 * @param active the queue, as it was set up first
 * @param health how the device is, for the queue's thread
 * @param calls what the queue's thread sleeps on, also after the queue was reset by itself; null if it does not sleep
 * @param slots headers and statuses
 * @param answers where the id and the lifetime are read to
 */
record QueueParts(
        ActiveQueue active,
        DeviceHealth health,
        @Nullable UsedBufferSignal calls,
        RequestSlots slots,
        DmaBuffer answers) {
    /** Long enough for the longest answer, and a cache line of its own. */
    static final int ANSWER_BYTES = 64;

    /** Gives the memory back. The device must have been reset, and what was in flight taken back. */
    void free() {
        slots.free();
        answers.free();
    }
}
