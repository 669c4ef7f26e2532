// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that stays open, and of which this process is the only one that writes. Any thread.
 *
 * <p>{@link FileChannel} closes itself when a thread in it is interrupted, for all other threads too. Here the file is opened
 * again, the call is made again, and the thread is still interrupted when it returns: whoever interrupts a thread wants it to
 * stop, not to break a disk.
 */
final class ImageChannel implements AutoCloseable {
    /** Opens the file: at first, and again after an interrupt. */
    @FunctionalInterface
    interface Opener {
        FileChannel open() throws IOException;
    }

    private enum Call {
        READ,
        WRITE,
        FORCE,
        FORCE_ALL,
        SIZE
    }

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final Path path;
    private final Opener opener;
    private final boolean locked;

    /** Null until it is opened. */
    private volatile @Nullable FileChannel channel;

    /** Kept, since the JVM forgets a lock that nobody refers to. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable FileLock lock;

    private volatile boolean closed;

    /** @param locked whether nobody else may have the file open in this way */
    ImageChannel(Path path, Opener opener, boolean locked) {
        this.path = path;
        this.opener = opener;
        this.locked = locked;
    }

    /**
     * Opens an existing image, a file or a block device.
     *
     * @throws IOException if it is something else or, to be written, in use by another process or store
     */
    static ImageChannel open(Path path, boolean writable) throws IOException {
        ImageIdentity identity = ImageIdentity.of(path);
        Opener opener = () -> {
            identity.requireUnchanged();
            return writable
                    ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(path, StandardOpenOption.READ);
        };
        ImageChannel opened = new ImageChannel(path, opener, writable);
        try {
            opened.size();
        } catch (IOException | RuntimeException e) {
            try (opened) {
                throw e;
            }
        }
        return opened;
    }

    /** Makes the name of a new file durable, as a flush of the file alone does not. */
    static void forceName(Path file) throws IOException {
        if (File.separatorChar == '\\') {
            return; // Windows opens no folders, and needs none of this.
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
        try (ImageChannel names =
                new ImageChannel(folder, () -> FileChannel.open(folder, StandardOpenOption.READ), false)) {
            names.force(true);
        }
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return call(Call.SIZE, NO_BYTES, 0);
    }

    /** Fills a buffer. */
    void read(ByteBuffer buffer, long position) throws IOException {
        long origin = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (call(Call.READ, buffer, origin) < 0) {
                throw new EOFException(path + " ends at byte " + size() + ", and byte " + (origin + buffer.position())
                        + " was asked for");
            }
        }
    }

    /** Writes all of a buffer. */
    void write(ByteBuffer buffer, long position) throws IOException {
        long origin = position - buffer.position();
        while (buffer.hasRemaining()) {
            call(Call.WRITE, buffer, origin);
        }
    }

    /** Waits until the operating system says that all that was written is on the medium. */
    void force(boolean metadata) throws IOException {
        call(metadata ? Call.FORCE_ALL : Call.FORCE, NO_BYTES, 0);
    }

    /**
     * Makes a call to the operating system, however often an interrupt, of this thread or of another one in the file, closes
     * the file meanwhile. What was moved by then is seen by the buffer's position.
     *
     * @param origin the position in the file of the byte at 0 of the buffer
     */
    private long call(Call call, ByteBuffer buffer, long origin) throws IOException {
        boolean interrupted = Thread.interrupted();
        FileChannel used = null;
        try {
            while (true) {
                try {
                    used = openAfter(used);
                    return once(used, call, buffer, origin + buffer.position());
                } catch (ClosedChannelException e) {
                    if (closed) {
                        throw e;
                    }
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long once(FileChannel open, Call call, ByteBuffer buffer, long position) throws IOException {
        return switch (call) {
            case READ -> open.read(buffer, position);
            case WRITE -> open.write(buffer, position);
            case SIZE -> open.size();
            case FORCE, FORCE_ALL -> {
                open.force(call == Call.FORCE_ALL);
                yield 0;
            }
        };
    }

    /** {@return the open file, another one than that which turned out to be closed} */
    private FileChannel openAfter(@Nullable FileChannel failed) throws IOException {
        FileChannel open = channel;
        return open == null || open == failed ? reopen(failed) : open;
    }

    private synchronized FileChannel reopen(@Nullable FileChannel failed) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        FileChannel open = channel;
        if (open == null || open == failed) {
            channel = null;
            if (open != null) {
                // Waits for the interrupt that is closing it: that gives up all locks of the process, a new one too.
                open.close();
            }
            open = opener.open();
            lock = locked ? lockOrClose(open) : null;
            channel = open;
        }
        return open;
    }

    private FileLock lockOrClose(FileChannel open) throws IOException {
        try {
            return lock(open);
        } catch (IOException | RuntimeException e) {
            try (open) {
                throw e;
            }
        }
    }

    private FileLock lock(FileChannel open) throws IOException {
        try {
            FileLock taken = open.tryLock();
            if (taken != null) {
                return taken;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException(path + " is in use by another store of this process; close that one first", e);
        }
        throw new IOException(path + " is in use by another process, which may write to it; end that one first");
    }

    @Override
    public void close() throws IOException {
        closed = true;
        synchronized (this) {
            FileChannel open = channel;
            if (open != null) {
                open.close();
            }
        }
    }
}
