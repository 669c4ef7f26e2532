// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

/** Tells an error handler that a store failed a request. It is passed, never thrown: the driver gets an I/O error. */
public final class BlockStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BlockStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
