// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.util.ArrayList;
import java.util.List;

/**
 * A store that does nothing before it is told to: requests lie in {@link #held} in the order in which they came, and the
 * test ends them as it likes, on the thread that it likes.
 */
final class HeldStore implements BlockStore {
    final List<BlockRequest> held = new ArrayList<>();
    final List<BlockOp> ops = new ArrayList<>();
    private final BlockStore delegate;

    HeldStore(long lengthBytes) {
        this.delegate = new MemoryBlockStore(lengthBytes);
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
    public boolean supports(BlockOp op) {
        return delegate.supports(op);
    }

    @Override
    public void submit(BlockRequest request) {
        ops.add(request.op());
        held.add(request);
    }

    /** Claims a held request and does it, as an asynchronous store would. */
    boolean finish(int index) {
        BlockRequest request = held.remove(index);
        boolean claimed = request.claim();
        if (claimed) {
            delegate.submit(request);
        }
        return claimed;
    }

    @Override
    public void close() {}
}
