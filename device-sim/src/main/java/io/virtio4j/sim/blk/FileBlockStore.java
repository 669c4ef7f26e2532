// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk in a file, byte for byte (a raw image). Requests are done inside {@code submit}: straight between the file and the
 * driver's memory, or, where that is many small pieces, through a buffer of the thread's. A flush waits until the
 * operating system says that the data is on the medium.
 *
 * <p>What was discarded reads as zeros. The JVM has no way to make a hole in a file, so blocks that the file has on the medium
 * stay its own: zeros are written where something else is, and what has no blocks gets none. Secure erase is not offered:
 * nobody here knows what copies the file system and the medium keep.
 *
 * <p>A store that may write locks the file, so that no other one writes to it, in this process or in another one that asks
 * for such locks; a store that only reads does not look for locks. (On Linux the lock ends early if the same process opens
 * and closes the file in another way.) An interrupt of a thread that uses the store does not disturb it.
 *
 * <p>Once a flush has failed, all later ones fail until the image is opened again: what the operating system could not write
 * may be lost, and it says so only once.
 */
public final class FileBlockStore implements BlockStore {
    private final ImageFile file;
    private final boolean readOnly;
    private volatile long lengthBytes;
    private volatile Runnable changed = () -> {};

    /** @param file of whole sectors; closed with the store */
    FileBlockStore(ImageFile file, boolean readOnly) throws IOException {
        this.file = file;
        this.readOnly = readOnly;
        this.lengthBytes = file.lengthBytes();
        if (!Sectors.isWhole(lengthBytes)) {
            throw new IOException(file.path() + " has " + lengthBytes
                    + " bytes, and a disk has whole sectors of 512; lengthen it to a multiple of 512 bytes");
        }
    }

    /**
     * Opens an image.
     *
     * @param path an existing file of whole sectors
     * @param readOnly whether writes are refused; the file is then not opened for writing
     * @return the store
     * @throws IOException if the file cannot be opened, is no regular file or block device, or its length is not a multiple of
     *     512 bytes; or if it is to be written and another store or process that writes has it open
     */
    public static FileBlockStore open(Path path, boolean readOnly) throws IOException {
        ImageFile file = ImageFile.open(path, !readOnly);
        try {
            return new FileBlockStore(file, readOnly);
        } catch (IOException | RuntimeException e) {
            try (file) {
                throw e;
            }
        }
    }

    /**
     * Makes an image full of zeros, without giving it blocks on the medium where the file system can do that. It is durable:
     * the file, its length and its name.
     *
     * @param path a file that does not exist
     * @param lengthBytes its length, a multiple of 512
     * @return the store
     * @throws IllegalArgumentException if the length is not a multiple of 512
     * @throws IOException if the file exists or cannot be made
     */
    public static FileBlockStore create(Path path, long lengthBytes) throws IOException {
        Sectors.requireWhole(lengthBytes);
        Files.createFile(path);
        try {
            // Closed before the image is opened: on Linux closing a file gives up all locks that the process has on it.
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(lengthBytes);
            }
            FileBlockStore store = open(path, false);
            try {
                store.file.forceNew();
            } catch (IOException e) {
                try (store) {
                    throw e;
                }
            }
            return store;
        } catch (IOException e) {
            Files.delete(path);
            throw e;
        }
    }

    /**
     * Makes the image longer, with zeros at its end. Any thread, also while the disk is in use.
     *
     * @param newLengthBytes no less than it is, a multiple of 512
     * @throws IllegalArgumentException if it is not
     * @throws IOException if the file cannot be made longer, or is open for reading only
     */
    public void grow(long newLengthBytes) throws IOException {
        synchronized (this) {
            Sectors.requireLonger(lengthBytes, newLengthBytes);
            if (readOnly) {
                throw new IOException(this + " is open for reading only");
            }
            file.lengthen(newLengthBytes);
            lengthBytes = newLengthBytes;
        }
        changed.run();
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean supports(BlockOp op) {
        return op != BlockOp.SECURE_ERASE;
    }

    @Override
    public void onChange(Runnable newChanged) {
        changed = newChanged;
    }

    @Override
    public void submit(BlockRequest request) {
        try {
            switch (request.op()) {
                case READ, WRITE -> file.transfer(request);
                case FLUSH -> file.force();
                case DISCARD -> file.zero(request.offsetBytes(), request.lengthBytes(), true);
                case WRITE_ZEROES -> file.zero(request.offsetBytes(), request.lengthBytes(), request.mayUnmap());
                case SECURE_ERASE -> throw new UnsupportedOperationException(this + " cannot erase securely");
            }
        } catch (IOException | RuntimeException e) {
            request.fail(e);
            return;
        }
        request.complete();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return file.path().toUri().toString();
    }
}
