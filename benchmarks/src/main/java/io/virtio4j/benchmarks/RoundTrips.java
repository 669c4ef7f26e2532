// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import java.util.function.LongUnaryOperator;

/**
 * Requests there and back, one at a time, both halves on the calling thread: {@link #applyAsLong} takes how many and gives
 * how long they took, in nanoseconds. Known to its user as a {@link LongUnaryOperator}, since it is loaded twice.
 */
public final class RoundTrips implements LongUnaryOperator, UsedHandler {
    /** offer, kickNeeded, next, complete, publish, callNeeded, poll. */
    static final int STEPS = 7;

    private final DriverQueue driver;
    private final DeviceQueue device;
    private final BufferChain request;
    private long taken;
    private long notifications;

    /**
     * Makes a queue.
     *
     * @param ring {@code split} or {@code packed}
     */
    public RoundTrips(String ring) {
        BothHalves queue = BothHalves.of(ring, "event-index");
        driver = queue.driver;
        device = queue.device;
        request = queue.request;
        driver.disableCallbacks();
        device.disableNotifications();
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        taken += token;
    }

    @Override
    public long applyAsLong(long rounds) {
        long before = taken;
        long startNanos = System.nanoTime();
        for (long left = rounds; left > 0; left--) {
            round();
        }
        long elapsedNanos = System.nanoTime() - startNanos;
        // A round that lost its request would be very fast.
        if (taken - before != rounds) {
            throw new IllegalStateException((taken - before) + " of " + rounds + " requests came back");
        }
        // With the event index a side that asked for nothing is told once in 65,536.
        if (notifications > taken) {
            throw new IllegalStateException(notifications + " notifications for " + taken + " requests");
        }
        return elapsedNanos;
    }

    private void round() {
        driver.offer(request, 1);
        notifications += driver.kickNeeded() ? 1 : 0;
        int handle = device.next();
        device.complete(handle, BothHalves.PART_BYTES);
        device.publish();
        notifications += device.callNeeded() ? 1 : 0;
        driver.poll(this, 1);
    }
}
