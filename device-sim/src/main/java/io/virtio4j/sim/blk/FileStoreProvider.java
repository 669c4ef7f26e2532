// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens {@code file:/PATH}, an existing image, or {@code file:/PATH?read-only}; see {@link FileBlockStore}. */
public final class FileStoreProvider implements BlockStoreProvider {
    private static final String READ_ONLY = "read-only";

    /** Called by the service loader. */
    public FileStoreProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public BlockStore open(URI uri) throws IOException {
        @Nullable String query = uri.getQuery();
        if (uri.getPath() == null || (query != null && !query.equals(READ_ONLY))) {
            throw new IllegalArgumentException(
                    "'" + uri + "' is not of the form file:/PATH or file:/PATH?" + READ_ONLY);
        }
        return FileBlockStore.open(Path.of(uri.getPath()), query != null);
    }
}
