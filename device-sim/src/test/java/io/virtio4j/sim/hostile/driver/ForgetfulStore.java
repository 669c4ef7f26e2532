// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.MemoryBlockStore;

/** A store that loses its first sector when it is asked for more pieces than it likes. */
final class ForgetfulStore implements BlockStore {
    private static final int SECTORS = 64;

    private final MemoryBlockStore delegate = new MemoryBlockStore(SECTORS * 512L);
    private final int mostPieces;
    private final long[] longest;

    /** @param longest is told how many pieces the longest request had */
    ForgetfulStore(int mostPieces, long[] longest) {
        this.mostPieces = mostPieces;
        this.longest = longest;
    }

    @Override
    public long lengthBytes() {
        return delegate.lengthBytes();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void submit(BlockRequest request) {
        longest[0] = Math.max(longest[0], request.pieces());
        if (request.pieces() > mostPieces) {
            // Good, with nothing in it.
            request.complete();
            return;
        }
        delegate.submit(request);
    }

    @Override
    public void close() {}
}
