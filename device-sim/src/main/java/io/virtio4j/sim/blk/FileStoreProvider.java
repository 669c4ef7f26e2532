// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Set;

/**
 * Opens {@code file:/PATH}, an existing image, to write or, with {@code ?read-only}, only to read. With
 * {@code ?create=64M} a missing image is made first, of so many bytes (K, M, G or T for powers of 1024); one that is there
 * stays as it is. See {@link FileBlockStore}.
 */
public final class FileStoreProvider implements BlockStoreProvider {
    private static final String READ_ONLY = "read-only";
    private static final String CREATE = "create";

    /** Called by the service loader. */
    public FileStoreProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public BlockStore open(URI uri) throws IOException {
        StoreUri parsed = StoreUri.parse(uri, "file:/PATH[?read-only|?create=BYTES]", Set.of(READ_ONLY, CREATE));
        boolean readOnly = parsed.has(READ_ONLY);
        long createBytes = parsed.lengthBytes(CREATE);
        if (readOnly && createBytes > 0) {
            throw new IllegalArgumentException("'" + uri + "' would make an image that cannot be written to");
        }
        if (createBytes > 0 && Files.notExists(parsed.path())) {
            return FileBlockStore.create(parsed.path(), createBytes);
        }
        return FileBlockStore.open(parsed.path(), readOnly);
    }
}
