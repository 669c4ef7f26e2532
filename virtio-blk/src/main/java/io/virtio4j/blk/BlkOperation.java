// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkRequestType;

/** What a block driver asks of a device. VirtIO 1.2, 5.2.6 Device Operation. */
public enum BlkOperation {
    /** Reads sectors. */
    READ(BlkRequestType.IN),

    /** Writes sectors. */
    WRITE(BlkRequestType.OUT),

    /** Makes the writes that have completed durable. */
    FLUSH(BlkRequestType.FLUSH),

    /** Asks for the device's id string. */
    GET_ID(BlkRequestType.GET_ID);

    private final int type;

    BlkOperation(int type) {
        this.type = type;
    }

    int type() {
        return type;
    }

    /** {@return whether the data flows from the driver to the device} */
    boolean isDataReadable() {
        return this == WRITE;
    }
}
