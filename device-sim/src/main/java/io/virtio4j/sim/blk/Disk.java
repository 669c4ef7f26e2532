// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.blk.BlockStore;
import org.agrona.ErrorHandler;

/** What all request queues of a device share between one start and the next reset. */
final class Disk {
    private final BlockStore store;
    private final boolean readOnly;
    private final boolean flush;
    private final byte[] id;
    private final ErrorHandler errorHandler;

    /**
     * Makes a disk.
     *
     * @param flush whether the driver can flush; if not, each write is made durable before it completes
     * @param id 20 bytes; not copied
     */
    Disk(BlockStore store, boolean readOnly, boolean flush, byte[] id, ErrorHandler errorHandler) {
        this.store = store;
        this.readOnly = readOnly;
        this.flush = flush;
        this.id = id;
        this.errorHandler = errorHandler;
    }

    BlockStore store() {
        return store;
    }

    boolean readOnly() {
        return readOnly;
    }

    boolean flush() {
        return flush;
    }

    void writeIdTo(DescriptorChain chain) {
        chain.putBytes(0, id, 0, id.length);
    }

    void tell(RuntimeException error) {
        errorHandler.onError(error);
    }
}
