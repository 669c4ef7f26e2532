// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Which file a path led to, so that it is the same one when it is opened again.
 *
 * @param path where it was
 * @param fileKey which one it was, or null where the file system does not tell
 */
record ImageIdentity(Path path, @Nullable Object fileKey) {
    private static final int TYPE_BITS = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    /**
     * Looks before the file is opened: opening a pipe may wait for ever.
     *
     * @throws IOException if there is none, or it is neither a file nor a block device
     */
    static ImageIdentity of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw new IOException(path + " is a folder; name an image in it");
        }
        if (!attributes.isRegularFile() && !isBlockDevice(path)) {
            throw new IOException(path + " is neither a file nor a block device");
        }
        return new ImageIdentity(path, attributes.fileKey());
    }

    private static boolean isBlockDevice(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return false;
        }
        return Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & TYPE_BITS) == BLOCK_DEVICE;
    }

    /** @throws IOException if the path leads to another file by now */
    void requireUnchanged() throws IOException {
        if (!equals(of(path))) {
            throw new IOException(path + " is another file than the one that was opened");
        }
    }
}
