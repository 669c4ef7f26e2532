// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import org.jspecify.annotations.Nullable;

/**
 * One call of the driver's user: cut into as many requests as the device's limits ask for, ended when the last of them is.
 *
 * <p>Pooled: used again when the device is done with all of its requests.
 */
final class PendingOperation {
    private final DataCut data = new DataCut();
    private final RangeCut ranges = new RangeCut();
    private BlkOperation operation = BlkOperation.FLUSH;
    private long sector;
    private long lengthBytes;
    private int rangeCount;
    private long token;
    private long deadlineNanos;
    private boolean awaited;
    private boolean issued;
    private int requests;
    private int status;
    private boolean inUse;
    private boolean ended;
    private boolean told;
    private @Nullable BlkTimeoutException timeout;

    /** Takes over a call and pins its buffers. */
    void begin(BlkOperation what, long firstSector, BlkData parts, long newToken, boolean isAwaited, long deadline) {
        data.begin(firstSector * BlkRequestLayout.SECTOR_BYTES, parts);
        begin(what, firstSector, parts.lengthBytes(), 1, newToken, isAwaited, deadline);
    }

    /** Takes over a call that has no data of the user's, but a list of places. */
    void begin(
            BlkOperation what,
            BlkRanges places,
            RangeLimits limits,
            boolean unmap,
            long newToken,
            boolean isAwaited,
            long deadline) {
        ranges.begin(places, limits, unmap);
        long bytes = places.sectorCount() * BlkRequestLayout.SECTOR_BYTES;
        begin(what, places.sector(0), bytes, places.count(), newToken, isAwaited, deadline);
    }

    private void begin(
            BlkOperation what,
            long firstSector,
            long bytes,
            int places,
            long newToken,
            boolean isAwaited,
            long deadline) {
        operation = what;
        sector = firstSector;
        lengthBytes = bytes;
        rangeCount = places;
        token = newToken;
        awaited = isAwaited;
        deadlineNanos = deadline;
        issued = false;
        requests = 0;
        status = BlkStatus.OK;
        ended = false;
        told = false;
        timeout = null;
        inUse = true;
    }

    long token() {
        return token;
    }

    /** Whether somebody waits for just this one, who will release it. */
    boolean isAwaited() {
        return awaited;
    }

    boolean isInUse() {
        return inUse;
    }

    // --- cutting -----------------------------------------------------------------------------------------------

    boolean isIssued() {
        return issued;
    }

    /**
     * Takes a slot for the next request and puts it together. It counts as issued when {@link #requestIssued()} is called.
     *
     * @return the slot
     */
    int fill(BufferChain chain, RequestLimits limits, RequestSlots slots) {
        int slot = slots.take(operation.type(), headerSector());
        chain.clear().addReadable(slots.headerAddress(slot), BlkRequestLayout.HEADER_BYTES);
        if (operation.isOfRanges()) {
            limits.addSegments(chain, slots.segmentsAddress(slot), ranges.fill(slots, slot), true);
        } else {
            data.fill(chain, operation.isDataReadable(), limits);
        }
        chain.addWritable(slots.statusAddress(slot), BlkRequestLayout.STATUS_BYTES);
        return slot;
    }

    /** Requests that tell their places in segments, and those that have none, have 0 here. */
    private long headerSector() {
        return operation.isOfRanges() ? 0 : sector + data.issuedBytes() / BlkRequestLayout.SECTOR_BYTES;
    }

    /** The request that was put together last has been given to the queue. */
    void requestIssued() {
        issued = operation.isOfRanges() ? ranges.issued() : data.issued();
        requests++;
    }

    // --- ending ------------------------------------------------------------------------------------------------

    /** One request has come back; the first that failed tells the outcome, and the rest is not sent. */
    void requestEnded(int requestStatus) {
        requests--;
        if (status == BlkStatus.OK && requestStatus != BlkStatus.OK) {
            status = requestStatus;
            issued = true;
        }
    }

    boolean isWithDevice() {
        return requests > 0;
    }

    int status() {
        return status;
    }

    /** The device is done with all of it: the buffers are the user's again. */
    void end(int finalStatus) {
        status = finalStatus;
        ended = true;
        if (!operation.isOfRanges()) {
            data.end();
        }
    }

    /** Whether the device is done with it, or never had it. */
    boolean isEnded() {
        return ended;
    }

    /** Whether the user still has to hear of an outcome, and none is there. */
    boolean isWaiting() {
        return inUse && !ended && timeout == null && !told;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isTold() {
        return told;
    }

    /** The user knows the outcome, or has given up on it. */
    void tell() {
        told = true;
    }

    BlkTimeoutException timeOut() {
        issued = true;
        BlkTimeoutException exception =
                new BlkTimeoutException(operation, sector * BlkRequestLayout.SECTOR_BYTES, lengthBytes);
        timeout = exception;
        return exception;
    }

    @Nullable
    BlkTimeoutException timeout() {
        return timeout;
    }

    /** The failure that the status stands for. */
    BlkRequestException failure() {
        return new BlkRequestException(
                operation, sector * BlkRequestLayout.SECTOR_BYTES, lengthBytes, rangeCount, status);
    }

    void release() {
        inUse = false;
    }
}
