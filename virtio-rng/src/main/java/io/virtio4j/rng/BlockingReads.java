// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.memory.DmaBuffer;

/** Asks for random bytes again and again until an array is full, while submitted requests go on. */
final class BlockingReads {
    private static final long NO_TOKEN = 0;

    private final RequestQueue requests;
    private final RngHealth health;

    /** What the device fills for arrays, which it cannot reach. Holds nothing random between two calls, unless one failed. */
    private final DmaBuffer bounce;

    BlockingReads(RequestQueue requests, RngHealth health, DmaBuffer bounce) {
        this.requests = requests;
        this.health = health;
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
        throwIfFailed();
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
                throw health.empty();
            }
            return (int) request.outcome();
        } finally {
            requests.forget(request);
        }
    }

    private void sleep(long deadlineNanos) {
        throwIfFailed();
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw health.timedOut();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new RngInterruptedException();
        }
        requests.sleep(leftNanos);
    }

    private void throwIfFailed() {
        RngDeviceException failure = health.failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Wipes the buffer and gives it back. The device must have been reset. */
    void close() {
        bounce.memory().fill(bounce.offset(), bounce.lengthBytes(), 0);
        bounce.free();
    }
}
