// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.IOException;
import java.util.function.Predicate;

/** A store on another, in front of which the test may take requests away. */
final class HookedStore implements BlockStore {
    private final BlockStore delegate;

    /** Runs on the thread that submits; true if the request is taken care of. */
    volatile Predicate<BlockRequest> hook = request -> false;

    /** Runs whenever the device asks how long the disk is: for each request, before it is given to the store. */
    volatile Runnable asked = () -> {};

    HookedStore(BlockStore delegate) {
        this.delegate = delegate;
    }

    BlockStore delegate() {
        return delegate;
    }

    @Override
    public long lengthBytes() {
        asked.run();
        return delegate.lengthBytes();
    }

    @Override
    public boolean isReadOnly() {
        return delegate.isReadOnly();
    }

    @Override
    public void onChange(Runnable changed) {
        delegate.onChange(changed);
    }

    @Override
    public void submit(BlockRequest request) {
        if (!hook.test(request)) {
            delegate.submit(request);
        }
    }

    @Override
    public void close() throws IOException {
        delegate.close();
    }
}
