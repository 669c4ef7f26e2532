// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

/** What a device asks of a {@link BlockStore}. More may be added: a store fails what it does not know. */
public enum BlockOp {
    /** Fills the pieces with the store's bytes. */
    READ,

    /** Stores the bytes of the pieces. They may be volatile until the next {@link #FLUSH}. */
    WRITE,

    /**
     * Makes every write durable that was completed before this was submitted, by whichever thread (VirtIO 1.2, 5.2.6.2
     * Device Requirements: Device Operation). There are no pieces, and the offset and length are 0.
     */
    FLUSH
}
