// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.transport.CallSink;

/** Both halves of one queue of 256 descriptors over the same memory, and a request of two parts. */
final class BothHalves {
    static final int QUEUE_SIZE = 256;
    static final int PART_BYTES = 64;

    final DriverQueue driver;
    final DeviceQueue device;
    final BufferChain request = new BufferChain(2);

    private BothHalves(QueuePlace place) {
        driver = place.newDriver();
        device = place.newDevice(CallSink.NONE);
        request.addReadable(place.allocate(PART_BYTES)).addWritable(place.allocate(PART_BYTES));
    }

    /**
     * Makes a queue.
     *
     * @param ring begins with {@code split} or {@code packed}; may say {@code indirect} and {@code in-order}
     * @param suppression {@code flag} or {@code event-index}
     */
    static BothHalves of(String ring, String suppression) {
        return new BothHalves(new QueuePlace(ring, suppression.equals("event-index"), QUEUE_SIZE));
    }
}
