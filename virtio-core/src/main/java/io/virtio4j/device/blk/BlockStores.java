// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

import java.io.IOException;
import java.net.URI;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Opens a store by URI, with whichever {@link BlockStoreProvider} knows its scheme. Any thread. */
public final class BlockStores {
    private BlockStores() {}

    /**
     * Opens a store.
     *
     * @param uri where it is, for example {@code file:/srv/disk.img}
     * @return the store, to be closed by the caller
     * @throws IllegalArgumentException if no provider knows the scheme, or the URI does not name a store
     * @throws IOException if the store cannot be opened
     */
    public static BlockStore open(URI uri) throws IOException {
        Set<String> known = new TreeSet<>();
        for (BlockStoreProvider provider : ServiceLoader.load(BlockStoreProvider.class)) {
            if (provider.scheme().equalsIgnoreCase(uri.getScheme())) {
                return provider.open(uri);
            }
            known.add(provider.scheme());
        }
        throw new IllegalArgumentException("no store for '" + uri + "': the known schemes are " + known);
    }
}
