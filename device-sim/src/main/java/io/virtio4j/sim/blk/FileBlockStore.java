// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk in a file, byte for byte (a raw image). Requests are done inside {@code submit}: straight between the file and the
 * driver's memory, or, where that is many small pieces, through a buffer of the thread's. A flush waits until the
 * operating system says that the data is on the medium.
 *
 * <p>A thread that is interrupted while it uses the store closes the file, as {@link FileChannel} has it: requests then
 * fail.
 */
public final class FileBlockStore implements BlockStore {
    /** Pieces of this size on average go to the channel one by one; measured, see docs/adr. */
    private static final int MIN_VIEW_BYTES = 64 << 10;

    private final ThreadLocal<BounceBuffer> bounce = ThreadLocal.withInitial(BounceBuffer::new);
    private final Path path;
    private final FileChannel channel;
    private final long lengthBytes;
    private final boolean readOnly;

    private FileBlockStore(Path path, FileChannel channel, long lengthBytes, boolean readOnly) {
        this.path = path;
        this.channel = channel;
        this.lengthBytes = lengthBytes;
        this.readOnly = readOnly;
    }

    /**
     * Opens an image.
     *
     * @param path an existing file of whole sectors
     * @param readOnly whether writes are refused; the file is then not opened for writing
     * @return the store
     * @throws IOException if the file cannot be opened, or its length is not a multiple of 512 bytes
     */
    public static FileBlockStore open(Path path, boolean readOnly) throws IOException {
        FileChannel channel = readOnly
                ? FileChannel.open(path, StandardOpenOption.READ)
                : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long length = channel.size();
            if (!Sectors.isWhole(length)) {
                throw new IOException(path + " has " + length
                        + " bytes, and a disk has whole sectors of 512; lengthen it to a multiple of 512 bytes");
            }
            return new FileBlockStore(path, channel, length, readOnly);
        } catch (IOException | RuntimeException e) {
            try (channel) {
                throw e;
            }
        }
    }

    /**
     * Makes an image full of zeros, without giving it blocks on the medium where the file system can do that.
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
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(lengthBytes);
            return open(path, false);
        } catch (IOException e) {
            Files.delete(path);
            throw e;
        }
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
    public void submit(BlockRequest request) {
        try {
            switch (request.op()) {
                case READ, WRITE -> transfer(request);
                case FLUSH -> channel.force(false);
                case DISCARD, WRITE_ZEROES, SECURE_ERASE ->
                    throw new UnsupportedOperationException(this + " cannot do " + request);
            }
        } catch (IOException | RuntimeException e) {
            request.fail(e);
            return;
        }
        request.complete();
    }

    private void transfer(BlockRequest request) throws IOException {
        int pieces = request.pieces();
        if (pieces <= 1 || request.lengthBytes() / pieces >= MIN_VIEW_BYTES) {
            transferByViews(request);
        } else {
            transferByBounce(request, bounce.get());
        }
    }

    private void transferByViews(BlockRequest request) throws IOException {
        long at = request.offsetBytes();
        for (int piece = 0; piece < request.pieces(); piece++) {
            move(request.op(), request.pieceBuffer(piece), at);
            at += request.pieceLengthBytes(piece);
        }
    }

    private void transferByBounce(BlockRequest request, BounceBuffer buffer) throws IOException {
        buffer.rewind();
        boolean read = request.op() == BlockOp.READ;
        for (long done = 0; done < request.lengthBytes(); done += BounceBuffer.LENGTH_BYTES) {
            int part = (int) Math.min(BounceBuffer.LENGTH_BYTES, request.lengthBytes() - done);
            if (!read) {
                buffer.copy(request, part);
            }
            move(request.op(), buffer.window(part), request.offsetBytes() + done);
            if (read) {
                buffer.copy(request, part);
            }
        }
    }

    private void move(BlockOp op, ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int moved = op == BlockOp.READ ? channel.read(buffer, at) : channel.write(buffer, at);
            if (moved < 0) {
                throw new EOFException(path + " ends at byte " + channel.size() + " of " + lengthBytes);
            }
            at += moved;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toUri().toString();
    }
}
