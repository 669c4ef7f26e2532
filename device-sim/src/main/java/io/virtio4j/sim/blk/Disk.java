// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;
import java.util.Optional;
import org.agrona.ErrorHandler;

/**
 * What all request queues of a device share between one start and the next reset. Any thread that serves a queue may ask
 * it.
 */
final class Disk {
    private final BlockStore store;
    private final SimBlkOptions options;
    private final Features negotiated;
    private final CacheMode cache;
    private final byte[] id;
    private final ErrorHandler errorHandler;

    /**
     * Makes a disk.
     *
     * @param options with RO if the store is read-only
     * @param id 20 bytes; not copied
     */
    Disk(
            BlockStore store,
            SimBlkOptions options,
            Features negotiated,
            CacheMode cache,
            byte[] id,
            ErrorHandler errorHandler) {
        this.store = store;
        this.options = options;
        this.negotiated = negotiated;
        this.cache = cache;
        this.id = id;
        this.errorHandler = errorHandler;
    }

    BlockStore store() {
        return store;
    }

    boolean isReadOnly() {
        return options.readOnly();
    }

    /** Whether requests of a kind are part of what was agreed on; reads, writes and the id always are. */
    boolean takes(int featureBit) {
        return negotiated.has(featureBit);
    }

    /** Whether a change has to be durable before it is answered. May change at any moment. */
    boolean isWriteThrough() {
        return cache.isWriteThrough();
    }

    /** The bit that goes with requests that name ranges, and nothing else. */
    static int featureOf(BlockOp rangeOp) {
        return switch (rangeOp) {
            case DISCARD -> BlkFeatureBits.DISCARD;
            case WRITE_ZEROES -> BlkFeatureBits.WRITE_ZEROES;
            case SECURE_ERASE -> BlkFeatureBits.SECURE_ERASE;
            case READ, WRITE, FLUSH -> throw new IllegalArgumentException(rangeOp + " names no ranges");
        };
    }

    BlkRangeLimits limitsOf(BlockOp rangeOp) {
        BlkRanges ranges = options.ranges();
        return switch (rangeOp) {
            case DISCARD -> ranges.discard();
            case WRITE_ZEROES -> ranges.writeZeroes();
            case SECURE_ERASE -> ranges.secureErase();
            case READ, WRITE, FLUSH -> throw new IllegalArgumentException(rangeOp + " names no ranges");
        };
    }

    byte[] id() {
        return id;
    }

    /** The store's wear; nothing if it has become unknown, which the error handler is told if the store threw. */
    Optional<BlockLifetime> lifetime() {
        try {
            return store.lifetime();
        } catch (RuntimeException e) {
            tell(new BlockStoreException(store + " cannot tell how worn it is", e));
            return Optional.empty();
        }
    }

    void tell(RuntimeException error) {
        errorHandler.onError(error);
    }
}
