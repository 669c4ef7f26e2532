// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

import java.io.IOException;

/**
 * The storage behind a block device.
 *
 * <p>Asynchronous: {@link #submit} may do the work and end the request before it returns, or hand it to whatever thread
 * does. Vectored: a request's bytes lie in any number of pieces of the driver's memory. The device has checked a
 * request's place, length and permission before it gets here.
 *
 * <p>Several threads may submit at once. A store serves one device; it is closed by whoever opened it, after the device.
 */
public interface BlockStore extends AutoCloseable {
    /** {@return the size in bytes; a multiple of 512, and the same as long as the store is open} */
    long lengthBytes();

    /** {@return whether writes fail; the device then refuses them itself} */
    boolean isReadOnly();

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
