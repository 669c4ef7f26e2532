// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/**
 * The device did not answer in time: {@value #MESSAGE}. Whether the request was or will be done is unknown; its buffers
 * stay with the device, pinned, until it answers after all, the driver {@linkplain BlkRequests#recover recovers} or is closed.
 */
public final class BlkTimeoutException extends BlkException {
    /** The message, always the same, so that a log can be searched for it. */
    public static final String MESSAGE = "virtio-blk: request timeout";

    private static final long serialVersionUID = 1L;

    /** What was asked for. */
    private final BlkOperation operation;

    /** Where on the disk. */
    private final long offsetBytes;

    /** How much. */
    private final long lengthBytes;

    BlkTimeoutException(BlkOperation operation, long offsetBytes, long lengthBytes) {
        super(MESSAGE);
        this.operation = operation;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
    }

    /** {@return what was asked for} */
    public BlkOperation operation() {
        return operation;
    }

    /** {@return where on the disk, in bytes} */
    public long offsetBytes() {
        return offsetBytes;
    }

    /** {@return how much, in bytes} */
    public long lengthBytes() {
        return lengthBytes;
    }
}
