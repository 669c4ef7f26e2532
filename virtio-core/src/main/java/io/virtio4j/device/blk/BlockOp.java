// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

/**
 * What a device asks of a {@link BlockStore}. {@link #READ}, {@link #WRITE} and {@link #FLUSH} every store does, the others
 * if it {@linkplain BlockStore#supports says so}. More may be added: a store fails what it does not know.
 */
public enum BlockOp {
    /** Fills the pieces with the store's bytes. */
    READ,

    /** Stores the bytes of the pieces. They may be volatile until the next {@link #FLUSH}. */
    WRITE,

    /**
     * Makes everything durable that was completed before this was submitted, by whichever thread (VirtIO 1.2, 5.2.6.2
     * Device Requirements: Device Operation). There are no pieces, and the offset and length are 0.
     */
    FLUSH,

    /**
     * The bytes are no longer needed: what a read of them finds is the store's choice, and their storage may be given back.
     * There are no pieces. Volatile until the next {@link #FLUSH}, as a write.
     */
    DISCARD,

    /**
     * Makes the bytes zero. Their storage may be given back if {@link BlockRequest#mayUnmap()}. There are no pieces.
     * Volatile until the next {@link #FLUSH}, as a write.
     */
    WRITE_ZEROES,

    /**
     * Destroys the bytes and every copy of them, so that nobody can bring them back. There are no pieces. Volatile until the
     * next {@link #FLUSH}, as a write.
     */
    SECURE_ERASE;

    /** {@return whether it changes what the store holds, so that a flush has to make it durable} */
    public boolean modifies() {
        return this != READ && this != FLUSH;
    }
}
