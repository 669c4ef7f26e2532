// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens {@code overlay:/BASE}, a disk over an image that forgets what was written, or {@code overlay:/BASE?top=/TOP}, which
 * keeps it in a file of its own. See {@link OverlayBlockStore}.
 */
public final class OverlayStoreProvider implements BlockStoreProvider {
    private static final String TOP = "top";

    /** Called by the service loader. */
    public OverlayStoreProvider() {}

    @Override
    public String scheme() {
        return "overlay";
    }

    @Override
    public BlockStore open(URI uri) throws IOException {
        StoreUri parsed = StoreUri.parse(uri, "overlay:/BASE[?top=/TOP]", Set.of(TOP));
        String top = parsed.value(TOP);
        return top == null
                ? OverlayBlockStore.openTemporary(parsed.path())
                : OverlayBlockStore.open(parsed.path(), Path.of(top));
    }
}
