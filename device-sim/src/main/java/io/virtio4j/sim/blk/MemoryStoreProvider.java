// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import java.net.URI;

/** Opens {@code memory:BYTES}, or {@code memory:64M} with K, M, G or T: a new {@link MemoryBlockStore} of that length. */
public final class MemoryStoreProvider implements BlockStoreProvider {
    /** Called by the service loader. */
    public MemoryStoreProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public BlockStore open(URI uri) {
        try {
            return new MemoryBlockStore(StoreUri.bytes(uri.getSchemeSpecificPart()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + uri + "' does not say how many bytes, as memory:64M does", e);
        }
    }
}
