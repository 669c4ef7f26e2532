// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a command writes what it was told to write. */
public final class OutputFile {
    private OutputFile() {}

    /**
     * Looks before anything is replaced: it must be a file, and the file itself rather than a link to it; and before long work
     * is done for a file that has no folder.
     *
     * @param path as given
     * @return what to replace, or to make
     * @throws WorkFailedException if something else is there, or there is no folder for it
     */
    public static Path of(Path path) {
        try {
            if (!Files.exists(path)) {
                Path folder = path.toAbsolutePath().getParent();
                if (folder == null || !Files.isDirectory(folder)) {
                    throw new WorkFailedException("cannot write " + path + ": there is no folder " + folder);
                }
                return path;
            }
            if (!Files.isRegularFile(path)) {
                throw new WorkFailedException(path + " is no regular file");
            }
            return path.toRealPath();
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + path + " (" + e + ")", e);
        }
    }
}
