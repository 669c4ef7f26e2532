// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkStatus;

/**
 * The device answered with another status than OK. After a read the buffers hold anything; after any request that changes the
 * disk, so does the disk where it was to be changed. Of several ranges, or of the requests that a long one was cut into, any
 * may have been done: which of them is not known (VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation).
 */
public final class BlkRequestException extends BlkException {
    private static final long serialVersionUID = 1L;

    /** What was asked for. */
    private final BlkOperation operation;

    /** Where on the disk. */
    private final long offsetBytes;

    /** How much. */
    private final long lengthBytes;

    /** See {@link BlkStatus}. */
    private final int status;

    BlkRequestException(BlkOperation operation, long offsetBytes, long lengthBytes, int ranges, int status) {
        super("virtio-blk: " + operation + " of " + lengthBytes + " bytes "
                + (ranges > 1 ? "in " + ranges + " ranges, the first " : "") + "at offset " + offsetBytes + ": "
                + nameOf(status));
        this.operation = operation;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.status = status;
    }

    private static String nameOf(int status) {
        return switch (status) {
            case BlkStatus.IOERR -> "I/O error";
            case BlkStatus.UNSUPP -> "the device does not support it";
            default -> "the device answered with status " + status + ", which means nothing";
        };
    }

    /** {@return what was asked for} */
    public BlkOperation operation() {
        return operation;
    }

    /** {@return where on the disk, in bytes; of several ranges, the first} */
    public long offsetBytes() {
        return offsetBytes;
    }

    /** {@return how much, in bytes; of several ranges, all together} */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** {@return the device's answer, see {@link BlkStatus}; one that is not listed there means an error too} */
    public int status() {
        return status;
    }
}
