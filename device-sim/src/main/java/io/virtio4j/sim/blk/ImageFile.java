// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Bytes between a file and requests. Any thread; requests on the same bytes at once may mix them. */
final class ImageFile implements AutoCloseable {
    /** Pieces of this size on average go to the channel one by one; measured, see docs/adr. */
    private static final int MIN_VIEW_BYTES = 64 << 10;

    private static final int ZERO_BYTES = 64 << 10;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(ZERO_BYTES).asReadOnlyBuffer();

    private final ThreadLocal<BounceBuffer> bounce = ThreadLocal.withInitial(BounceBuffer::new);
    private final ImageChannel channel;

    /** Why nothing can be made durable any more; guarded by this. */
    private @Nullable IOException forceFailure;

    /** @param channel the file; closed with this */
    ImageFile(ImageChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens an existing image.
     *
     * @throws IOException if it is no image or, to be written, in use by another process or store
     */
    static ImageFile open(Path path, boolean writable) throws IOException {
        return new ImageFile(ImageChannel.open(path, writable));
    }

    Path path() {
        return channel.path();
    }

    long lengthBytes() throws IOException {
        return channel.size();
    }

    /** Moves all bytes of a read or write, straight or, where they are many small pieces, through a buffer of the thread's. */
    void transfer(BlockRequest request) throws IOException {
        int pieces = request.pieces();
        if (pieces <= 1 || request.lengthBytes() / pieces >= MIN_VIEW_BYTES) {
            transferByViews(request);
        } else {
            transfer(request, buffer(), request.offsetBytes(), request.lengthBytes());
        }
    }

    private void transferByViews(BlockRequest request) throws IOException {
        long at = request.offsetBytes();
        for (int piece = 0; piece < request.pieces(); piece++) {
            if (request.op() == BlockOp.READ) {
                read(request.pieceBuffer(piece), at);
            } else {
                write(request.pieceBuffer(piece), at);
            }
            at += request.pieceLengthBytes(piece);
        }
    }

    /** {@return the thread's buffer, at the start of a request's pieces} */
    BounceBuffer buffer() {
        BounceBuffer buffer = bounce.get();
        buffer.rewind();
        return buffer;
    }

    /** Moves the next bytes of a request's pieces, from where the buffer stands. */
    void transfer(BlockRequest request, BounceBuffer buffer, long position, long lengthBytes) throws IOException {
        boolean read = request.op() == BlockOp.READ;
        for (long done = 0; done < lengthBytes; done += BounceBuffer.LENGTH_BYTES) {
            int part = (int) Math.min(BounceBuffer.LENGTH_BYTES, lengthBytes - done);
            if (read) {
                read(buffer.window(part), position + done);
                buffer.copy(request, part);
            } else {
                buffer.copy(request, part);
                write(buffer.window(part), position + done);
            }
        }
    }

    /** Fills a buffer. */
    void read(ByteBuffer buffer, long position) throws IOException {
        channel.read(buffer, position);
    }

    /** Writes all of a buffer. */
    void write(ByteBuffer buffer, long position) throws IOException {
        channel.write(buffer, position);
    }

    /**
     * Makes bytes zero.
     *
     * @param sparing whether bytes that are zero already are left alone: what has no blocks on the medium gets none
     */
    void zero(long position, long lengthBytes, boolean sparing) throws IOException {
        for (long done = 0; done < lengthBytes; ) {
            int part = (int) Math.min(ZERO_BYTES, lengthBytes - done);
            ByteBuffer zeros = ZEROS.duplicate().limit(part);
            if (!sparing || !isZero(position + done, zeros)) {
                write(zeros, position + done);
            }
            done += part;
        }
    }

    private boolean isZero(long position, ByteBuffer zeros) throws IOException {
        ByteBuffer found = bounce.get().window(zeros.remaining());
        read(found, position);
        return found.flip().equals(zeros);
    }

    /**
     * Waits until the operating system says that all that was written is on the medium. Once that has failed it fails for
     * good: the system may have dropped what it could not write, says so once, and takes the next call for a success.
     */
    void force() throws IOException {
        force(false);
    }

    /** One at a time: two at once, and only one of them might be told that data was lost. */
    private synchronized void force(boolean metadata) throws IOException {
        if (forceFailure != null) {
            throw new IOException(
                    path() + " could not be made durable before, and what was written may be lost; open it again",
                    forceFailure);
        }
        try {
            channel.force(metadata);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            forceFailure = e;
            throw e;
        }
    }

    /** Makes the file longer, with zeros at its end, and waits until that is on the medium. */
    void lengthen(long newLengthBytes) throws IOException {
        if (newLengthBytes > channel.size()) {
            write(ZEROS.duplicate().limit(1), newLengthBytes - 1);
            force(true);
        }
    }

    /** Waits until a new file, its length and its name are on the medium. */
    void forceNew() throws IOException {
        force(true);
        ImageChannel.forceName(path());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
