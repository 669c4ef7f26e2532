// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.io.IOException;

/** The same bytes as the disk's, without a device: one copy a request. One thread a job. */
interface PlainStore extends AutoCloseable {
    /**
     * Copies a block.
     *
     * @param read out of the store, or else into it
     * @param offsetBytes where in the store
     * @param slot which of the job's buffers, 0 up to the number of requests in flight
     */
    void copy(boolean read, long offsetBytes, int slot) throws IOException;

    @Override
    void close() throws IOException;
}
