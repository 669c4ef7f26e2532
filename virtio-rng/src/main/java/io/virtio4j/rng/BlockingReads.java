// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.memory.DmaBuffer;

/** Asks for random bytes again and again until an array is full, while submitted requests go on. */
final class BlockingReads {
    private static final long NO_TOKEN = 0;

    private final RequestQueue requests;
    private final DeviceHealth health;
    private final RngErrors errors;

    /** What the device fills for arrays, which it cannot reach. Holds nothing random between two calls, unless one failed. */
    private final DmaBuffer bounce;

    BlockingReads(RequestQueue requests, DeviceHealth health, RngErrors errors, DmaBuffer bounce) {
        this.requests = requests;
        this.health = health;
        this.errors = errors;
        this.bounce = bounce;
    }

    void fill(byte[] destination, int index, int lengthBytes, long timeoutNanos) {
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        int done = 0;
        while (done < lengthBytes) {
            int part = (int) Math.min(bounce.lengthBytes(), lengthBytes - done);
            int filled = fillBounce(part, deadlineNanos);
            bounce.memory().getBytes(bounce.offset(), destination, index + done, filled);
            bounce.memory().fill(bounce.offset(), part, 0);
            done += filled;
        }
    }

    private int fillBounce(int lengthBytes, long deadlineNanos) {
        RngDeviceException.throwIfFailed(health);
        Request request = null;
        while (request == null) {
            // A request that timed out earlier may still have the buffer; then there is nothing else to do than to
            // wait.
            request = bounce.isPinned() ? null : requests.submit(bounce, 0, lengthBytes, NO_TOKEN, true, deadlineNanos);
            if (request == null) {
                sleep(deadlineNanos);
            }
        }
        try {
            while (!request.isEnded()) {
                sleep(deadlineNanos);
            }
            if (request.outcome() == RngDevice.NO_BYTES) {
                throw errors.empty();
            }
            return (int) request.outcome();
        } finally {
            requests.forget(request);
        }
    }

    private void sleep(long deadlineNanos) {
        RngDeviceException.throwIfFailed(health);
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw errors.timedOut();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new RngInterruptedException();
        }
        requests.sleep(leftNanos);
    }

    /** Wipes the buffer and gives it back. The device must have been reset. */
    void close() {
        bounce.memory().fill(bounce.offset(), bounce.lengthBytes(), 0);
        bounce.free();
    }
}
