// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import java.net.URI;

/** Opens {@code memory:BYTES}, a new {@link MemoryBlockStore} of that length. */
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
            return new MemoryBlockStore(Long.parseLong(uri.getSchemeSpecificPart()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + uri + "' does not say how many bytes, as memory:1048576 does", e);
        }
    }
}
