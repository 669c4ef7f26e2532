// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

import java.io.IOException;
import java.util.Optional;

/**
 * The storage behind a block device.
 *
 * <p>Asynchronous: {@link #submit} may do the work and end the request before it returns, or hand it to whatever thread
 * does. Vectored: a request's bytes lie in any number of pieces of the driver's memory. The device has checked a
 * request's place, length and permission before it gets here.
 *
 * <p>A store serves one device; it is closed by whoever opened it, after the device. A device that serves its queues on several
 * threads calls from all of them: {@link #submit}, {@link #lengthBytes()} and {@link #lifetime()} may be running several times
 * at once, and so may the requests of different queues, on the same bytes too; no queue waits for another. Requests of one
 * queue are submitted by one thread at a time. The rest is called by one thread, the device's.
 *
 * <p>What counts between queues is what a driver may rely on: a request sees what requests did that were completed before it
 * was submitted, whichever queue they came through; a flush makes all of them durable.
 */
public interface BlockStore extends AutoCloseable {
    /**
     * {@return the size in bytes now; a multiple of 512}
     *
     * <p>Asked for every request, by any of the device's threads. A store whose size changes tells so: {@link #onChange}. A
     * request that was checked before it shrank may come after that, and is the store's to fail.
     */
    long lengthBytes();

    /** {@return whether writes fail; the device then refuses them itself. Never changes} */
    boolean isReadOnly();

    /**
     * Tells what the store can do beside reads, writes and flushes. The device offers its driver the rest accordingly. The
     * answer never changes.
     *
     * @param op the operation
     * @return whether requests for it may be submitted
     */
    default boolean supports(BlockOp op) {
        return op == BlockOp.READ || op == BlockOp.WRITE || op == BlockOp.FLUSH;
    }

    /** {@return whether {@link BlockOp#WRITE_ZEROES} may give storage back, now; see {@link #onChange}} */
    default boolean unmapsZeroes() {
        return false;
    }

    /**
     * {@return how worn the storage is; nothing if that cannot be known or means nothing}
     *
     * <p>Returns at once. A device that is told nothing when it is made does not offer to tell its driver.
     */
    default Optional<BlockLifetime> lifetime() {
        return Optional.empty();
    }

    /**
     * Gives the store a way to tell that {@link #lengthBytes()} or {@link #unmapsZeroes()} has changed; the device then tells
     * its driver. Called once, when the device is made. The default is for a store that never changes.
     *
     * @param changed may be run by any thread, after the change, and returns at once
     */
    default void onChange(Runnable changed) {}

    /**
     * Begins an operation. Requests that are in hand together may be done in any order.
     *
     * @param request what to do; to be ended exactly once, by {@link BlockRequest#complete()} or
     *     {@link BlockRequest#fail}, now or later. An exception out of this method fails the request
     */
    void submit(BlockRequest request);

    @Override
    void close() throws IOException;
}
