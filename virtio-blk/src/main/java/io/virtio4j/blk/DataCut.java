// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.BufferChain;

/**
 * Cuts the data of a read or write into as many requests as the limits ask for. Requests end between blocks of the disk
 * wherever the limits let them: a device may refuse half a block.
 */
final class DataCut {
    private final BlkData data = new BlkData();
    private long offsetBytes;

    /** How much has been given to requests: whole parts, then bytes of the next one. */
    private int part;

    private long within;
    private long issuedBytes;

    /** The same after the request that is being put together. */
    private int nextPart;

    private long nextWithin;
    private long nextBytes;

    /** Takes the data over and pins its buffers. */
    void begin(long newOffsetBytes, BlkData parts) {
        data.set(parts);
        data.pin();
        offsetBytes = newOffsetBytes;
        part = 0;
        within = 0;
        issuedBytes = 0;
    }

    /** Where the next request begins, in bytes after the operation's begin. */
    long issuedBytes() {
        return issuedBytes;
    }

    /** Adds the next request's data to a chain. */
    void fill(BufferChain chain, boolean readable, RequestLimits limits) {
        long left = measure(limits);
        nextPart = part;
        nextWithin = within;
        nextBytes = left;
        while (left > 0) {
            long take = Math.min(left, Math.min(data.partBytes(nextPart) - nextWithin, limits.unitBytes()));
            limits.addSegments(chain, data.guestAddress(nextPart) + nextWithin, take, readable);
            left -= take;
            nextWithin += take;
            if (nextWithin == data.partBytes(nextPart)) {
                nextPart++;
                nextWithin = 0;
            }
        }
    }

    /** How many bytes the next request has. */
    private long measure(RequestLimits limits) {
        long bytes = 0;
        long segmentsLeft = limits.segments();
        int at = part;
        long inPart = within;
        while (at < data.count()) {
            long take = Math.min(data.partBytes(at) - inPart, limits.unitBytes());
            long segments = limits.segmentsFor(take);
            if (segments > segmentsLeft || bytes + take > RequestLimits.MAX_REQUEST_BYTES) {
                long over = (offsetBytes + issuedBytes + bytes) % limits.blockBytes();
                return over < bytes ? bytes - over : bytes;
            }
            segmentsLeft -= segments;
            bytes += take;
            inPart += take;
            if (inPart == data.partBytes(at)) {
                at++;
                inPart = 0;
            }
        }
        return bytes;
    }

    /** The request that was filled last has been given to the queue; returns whether it was the last of all. */
    boolean issued() {
        part = nextPart;
        within = nextWithin;
        issuedBytes += nextBytes;
        return part == data.count();
    }

    /** The device is done with the buffers. */
    void end() {
        data.unpin();
        data.clear();
    }
}
