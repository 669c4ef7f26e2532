// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * A request on its way from the thread that asked for it to the thread of the queue, and its outcome on the way back.
 *
 * @param future what the asking thread waits for
 * @param operation what was asked for
 * @param sector where on the disk
 * @param lengthBytes how much
 * @param ranges how many ranges that is
 * @param submission what the queue's thread does
 */
record FutureCall(
        CompletableFuture<Void> future,
        BlkOperation operation,
        long sector,
        long lengthBytes,
        int ranges,
        Submission submission)
        implements FutureStep {
    /** Submits a request. */
    @FunctionalInterface
    interface Submission {
        /** Returns what the submitting method returns. */
        int submit(BlkRequests requests, long token);
    }

    private long offsetBytes() {
        return sector * BlkRequestLayout.SECTOR_BYTES;
    }

    void complete(int status) {
        switch (status) {
            case BlkStatus.OK -> future.complete(null);
            case BlkRequests.TIMED_OUT ->
                future.completeExceptionally(new BlkTimeoutException(operation, offsetBytes(), lengthBytes));
            case BlkRequests.CANCELLED -> cancel();
            default ->
                future.completeExceptionally(
                        new BlkRequestException(operation, offsetBytes(), lengthBytes, ranges, status));
        }
    }

    @Override
    public void cancel() {
        future.completeExceptionally(new CancellationException(operation + " of " + lengthBytes + " bytes at offset "
                + offsetBytes() + " was cancelled by a reset or a close"));
    }
}
