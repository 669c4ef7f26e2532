// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears under its name only when it is complete. Until then it is a hidden file in the same folder, which
 * {@link #close} deletes unless {@link #commit} came first; a reader never sees half of it, and an older file of that name stays
 * as it was. One thread at a time.
 */
public final class AtomicFile implements AutoCloseable {

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final OutputStream stream;
    private boolean committed;

    /**
     * Starts the file.
     *
     * @param target what it will be called; a file of that name is replaced by {@link #commit}
     * @throws IOException if the target is a folder, or its folder cannot be written to
     */
    public AtomicFile(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        Path name = this.target.getFileName();
        if (name == null || Files.isDirectory(this.target)) {
            throw new IOException(target + " is a folder, not a file to write");
        }
        // Not Files.createTempFile: it would leave the finished file readable by its owner only.
        this.temporary = this.target.resolveSibling("." + name + "." + UUID.randomUUID() + ".part");
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    /**
     * Where the content goes, buffered; not to be closed by the caller.
     *
     * @return the same stream each time
     */
    public OutputStream stream() {
        return stream;
    }

    /**
     * Gives the file its name, once everything is on the disk.
     *
     * @throws IOException if that fails; {@link #close} then still cleans up
     */
    public void commit() throws IOException {
        stream.flush();
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        committed = true;
    }

    /**
     * Deletes what was written, unless it was committed.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        if (!committed) {
            try {
                channel.close();
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
