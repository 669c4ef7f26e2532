// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import io.virtio4j.sim.blk.MemoryBlockStore;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** Opens {@code flaky:N}, a mebibyte of memory whose Nth request fails. */
public final class FlakyStoreProvider implements BlockStoreProvider {
    private static final long LENGTH_BYTES = 1 << 20;

    /** Called by the service loader. */
    public FlakyStoreProvider() {}

    @Override
    public String scheme() {
        return "flaky";
    }

    @Override
    public BlockStore open(URI uri) {
        return new Flaky(Long.parseLong(uri.getSchemeSpecificPart()));
    }

    private static final class Flaky implements BlockStore {
        private final MemoryBlockStore memory = new MemoryBlockStore(LENGTH_BYTES);
        private final AtomicLong left;

        private Flaky(long which) {
            left = new AtomicLong(which);
        }

        @Override
        public long lengthBytes() {
            return memory.lengthBytes();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request) {
            if (left.decrementAndGet() == 0) {
                request.fail(new IOException("worn out"));
            } else {
                memory.submit(request);
            }
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
