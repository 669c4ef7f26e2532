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
    private final BlkData data = new BlkData();
    private BlkOperation operation = BlkOperation.FLUSH;
    private long sector;
    private long lengthBytes;
    private long token;
    private long deadlineNanos;
    private boolean awaited;

    /** How much has been given to requests: whole parts, then bytes of the next one. */
    private int part;

    private long within;
    private long issuedBytes;
    private boolean issued;

    /** The same after the request that is being put together. */
    private int nextPart;

    private long nextWithin;
    private long nextBytes;

    private int requests;
    private int status;
    private boolean inUse;
    private boolean ended;
    private boolean told;
    private @Nullable BlkTimeoutException timeout;

    /** Takes over a call and pins its buffers. */
    void begin(BlkOperation what, long firstSector, BlkData parts, long newToken, boolean isAwaited, long deadline) {
        data.set(parts);
        data.pin();
        operation = what;
        sector = firstSector;
        lengthBytes = parts.lengthBytes();
        token = newToken;
        awaited = isAwaited;
        deadlineNanos = deadline;
        part = 0;
        within = 0;
        issuedBytes = 0;
        issued = false;
        requests = 0;
        status = BlkStatus.OK;
        ended = false;
        told = false;
        timeout = null;
        inUse = true;
    }

    BlkOperation operation() {
        return operation;
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

    /** The sector of the next request; 0 for those that have no place. */
    long nextSector() {
        return sector + issuedBytes / BlkRequestLayout.SECTOR_BYTES;
    }

    /** Puts together the next request. It counts as issued when {@link #requestIssued()} is called. */
    void fill(BufferChain chain, RequestLimits limits, long headerAddress, long statusAddress) {
        chain.clear().addReadable(headerAddress, BlkRequestLayout.HEADER_BYTES);
        nextPart = part;
        nextWithin = within;
        nextBytes = 0;
        long segmentsLeft = limits.segments();
        while (nextPart < data.count()) {
            long take = Math.min(data.partBytes(nextPart) - nextWithin, limits.unitBytes());
            long segments = limits.segmentsFor(take);
            if (segments > segmentsLeft || nextBytes + take > RequestLimits.MAX_REQUEST_BYTES) {
                break;
            }
            addSegments(chain, data.guestAddress(nextPart) + nextWithin, take, limits.segmentBytes());
            segmentsLeft -= segments;
            nextBytes += take;
            nextWithin += take;
            if (nextWithin == data.partBytes(nextPart)) {
                nextPart++;
                nextWithin = 0;
            }
        }
        chain.addWritable(statusAddress, BlkRequestLayout.STATUS_BYTES);
    }

    private void addSegments(BufferChain chain, long address, long takeBytes, long segmentBytes) {
        for (long at = 0; at < takeBytes; at += segmentBytes) {
            long length = Math.min(segmentBytes, takeBytes - at);
            if (operation.isDataReadable()) {
                chain.addReadable(address + at, length);
            } else {
                chain.addWritable(address + at, length);
            }
        }
    }

    /** The request that was put together last has been given to the queue. */
    void requestIssued() {
        part = nextPart;
        within = nextWithin;
        issuedBytes += nextBytes;
        issued = part == data.count();
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
        data.unpin();
        data.clear();
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
        return new BlkRequestException(operation, sector * BlkRequestLayout.SECTOR_BYTES, lengthBytes, status);
    }

    void release() {
        inUse = false;
    }
}
