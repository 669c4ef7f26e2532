// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

import java.io.IOException;
import java.net.URI;

/** Opens stores of one kind. Found by {@link java.util.ServiceLoader}; see {@link BlockStores}. */
public interface BlockStoreProvider {
    /** {@return the scheme of the URIs that it opens, in lower case} */
    String scheme();

    /**
     * Opens a store.
     *
     * @param uri where it is; its scheme is {@link #scheme()}
     * @return the store, to be closed by the caller
     * @throws IllegalArgumentException if the URI does not name a store of this kind
     * @throws IOException if the store cannot be opened
     */
    BlockStore open(URI uri) throws IOException;
}
