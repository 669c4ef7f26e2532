// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkRequestLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A disk as a channel, for all Java code that reads or writes one: any position, any length.
 *
 * <pre>
 *   try (BlkChannel channel = BlkChannel.open(disk, arena);
 *           FileChannel image = FileChannel.open(path)) {
 *       image.transferTo(0, image.size(), channel);
 *       channel.force();
 *   }
 * </pre>
 *
 * <p>Data goes through a buffer of the channel's own. A write that begins or ends within a block reads the block first and
 * writes it as a whole: two such writes to the same block must not go on at the same time, through this channel and another
 * way. What is written is durable after {@link #force()}; closing does not do that.
 *
 * <p>The size is that of the disk: nothing is written past its end, and it cannot be truncated. Of several threads that use the
 * channel, one is in it at a time; nobody else uses its requests meanwhile. Submitted requests may be in flight, by the same
 * thread.
 *
 * <p>What the device does wrong is an {@link IOException}, with a {@link BlkException} or a {@link TransportException} as the
 * cause.
 */
public final class BlkChannel implements SeekableByteChannel {
    private static final int DEFAULT_BUFFER_BYTES = 128 * 1024;
    private static final int PAGE_BYTES = 4096;

    private final BlkRequests disk;
    private final DmaBuffer buffer;
    private final long blockBytes;
    private final BlkData data = new BlkData();

    /** The buffer's memory. */
    private final ByteBuffer window;

    private long position;
    private boolean closed;
    private boolean freed;

    private BlkChannel(BlkRequests disk, DmaBuffer buffer, long blockBytes) {
        this.disk = disk;
        this.buffer = buffer;
        this.blockBytes = blockBytes;
        this.window = buffer.memory().view(buffer.offset(), (int) buffer.lengthBytes());
    }

    /** A step of the way, which may fail. */
    @FunctionalInterface
    private interface Transfer {
        void run();
    }

    /**
     * Opens a channel whose buffer has 128 KiB, or a block if that is more.
     *
     * @param disk how to reach the disk: a device, or one of its queues
     * @param arena where the channel's buffer is carved from, now, and given back to when the channel is closed
     * @return the channel, at position 0
     */
    public static BlkChannel open(BlkRequests disk, DmaArena arena) {
        return open(disk, arena, DEFAULT_BUFFER_BYTES);
    }

    /**
     * Opens a channel.
     *
     * @param disk how to reach the disk: a device, or one of its queues
     * @param arena where the channel's buffer is carved from, now, and given back to when the channel is closed
     * @param bufferBytes how much is read or written at a time at most; rounded up to blocks of the disk
     * @return the channel, at position 0
     * @throws IllegalArgumentException if the length is not more than 0, or too long
     */
    public static BlkChannel open(BlkRequests disk, DmaArena arena, int bufferBytes) {
        long block = disk.blockSizeBytes();
        long length = (bufferBytes + block - 1) / block * block;
        if (bufferBytes <= 0 || length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a channel has a buffer of 1 byte up to 2 GiB, in blocks of " + block
                    + " bytes, not of " + bufferBytes + " bytes");
        }
        return new BlkChannel(disk, arena.allocate(length, PAGE_BYTES), block);
    }

    @Override
    public synchronized int read(ByteBuffer destination) throws IOException {
        long size = size();
        if (!destination.hasRemaining()) {
            return 0;
        }
        if (position >= size) {
            return -1;
        }
        int total = (int) Math.min(destination.remaining(), size - position);
        for (int left = total; left > 0; ) {
            Piece piece = piece(left, size);
            transfer(() -> disk.read(piece.sector(), piece.in(data, buffer, 0, piece.lengthBytes())));
            destination.put(part(piece.within(), piece.takeBytes()));
            position += piece.takeBytes();
            left -= piece.takeBytes();
        }
        return total;
    }

    /**
     * {@inheritDoc}
     *
     * <p>At the end of the disk only the first of the bytes may fit.
     *
     * @throws IOException if none of them fits, or the device fails
     */
    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        long size = size();
        requireWritable();
        if (!source.hasRemaining()) {
            return 0;
        }
        if (position >= size) {
            throw new IOException("no room at position " + position + ": the disk has " + size + " bytes");
        }
        int total = (int) Math.min(source.remaining(), size - position);
        for (int left = total; left > 0; ) {
            Piece piece = piece(left, size);
            readEdges(piece);
            ByteBuffer target = part(piece.within(), piece.takeBytes());
            target.put(source.slice().limit(piece.takeBytes()));
            transfer(() -> disk.write(piece.sector(), piece.in(data, buffer, 0, piece.lengthBytes())));
            source.position(source.position() + piece.takeBytes());
            position += piece.takeBytes();
            left -= piece.takeBytes();
        }
        return total;
    }

    /** The first and the last block of a piece that does not cover them. */
    private void readEdges(Piece piece) throws IOException {
        long lastBegin = (piece.lengthBytes() - 1) / blockBytes * blockBytes;
        boolean firstIsCut = piece.within() > 0;
        boolean lastIsCut = piece.within() + piece.takeBytes() < piece.lengthBytes();
        if (firstIsCut || (lastIsCut && lastBegin == 0)) {
            readBlock(piece, 0);
        }
        if (lastIsCut && lastBegin > 0) {
            readBlock(piece, lastBegin);
        }
    }

    private void readBlock(Piece piece, long begin) throws IOException {
        long length = Math.min(blockBytes, piece.lengthBytes() - begin);
        long sector = piece.sector() + begin / BlkRequestLayout.SECTOR_BYTES;
        transfer(() -> disk.read(sector, piece.in(data, buffer, begin, length)));
    }

    /** What is read or written at once: whole blocks, and the bytes of them that are wanted. */
    private record Piece(long beginBytes, long lengthBytes, int within, int takeBytes) {
        long sector() {
            return beginBytes / BlkRequestLayout.SECTOR_BYTES;
        }

        BlkData in(BlkData data, DmaBuffer buffer, long offset, long bytes) {
            return data.clear().add(buffer, offset, bytes);
        }
    }

    private Piece piece(int left, long size) {
        long begin = position / blockBytes * blockBytes;
        int within = (int) (position - begin);
        int take = (int) Math.min(left, buffer.lengthBytes() - within);
        // The last block of a disk may be a piece of one.
        long end = Math.min((position + take + blockBytes - 1) / blockBytes * blockBytes, size);
        return new Piece(begin, end - begin, within, take);
    }

    private ByteBuffer part(int offset, int lengthBytes) {
        return window.duplicate().position(offset).limit(offset + lengthBytes).slice();
    }

    private void transfer(Transfer transfer) throws IOException {
        if (buffer.isPinned()) {
            throw new IOException("the device has not answered an earlier request of this channel; recover the disk");
        }
        run(transfer);
    }

    private static void run(Transfer transfer) throws IOException {
        try {
            transfer.run();
        } catch (BlkException | TransportException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public synchronized BlkChannel position(long newPosition) throws IOException {
        requireOpen();
        if (newPosition < 0) {
            throw new IllegalArgumentException("a position is 0 or more, not " + newPosition);
        }
        position = newPosition;
        return this;
    }

    @Override
    public synchronized long size() throws IOException {
        requireOpen();
        return disk.capacitySectors() * BlkRequestLayout.SECTOR_BYTES;
    }

    /**
     * Changes nothing, since a disk is as long as it is.
     *
     * @param size as long as the disk, or longer
     * @return this channel, its position at most the size
     * @throws UnsupportedOperationException if the size is less than that of the disk
     */
    @Override
    public synchronized BlkChannel truncate(long size) throws IOException {
        long own = size();
        requireWritable();
        if (size < 0) {
            throw new IllegalArgumentException("a size is 0 or more, not " + size);
        }
        if (size < own) {
            throw new UnsupportedOperationException(
                    "a disk cannot be truncated: it has " + own + " bytes, not " + size);
        }
        position = Math.min(position, size);
        return this;
    }

    /**
     * Makes everything durable that was written, by this channel and by completed requests of the same device.
     *
     * @throws IOException if the device does not do it
     */
    public synchronized void force() throws IOException {
        requireOpen();
        run(disk::flush);
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Gives the channel's buffer back. The disk stays open.
     *
     * @throws IOException if the device still owns the buffer, after a timeout: recover the disk and close the channel again, or
     *     the buffer stays allocated
     */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (freed) {
            return;
        }
        if (buffer.isPinned()) {
            throw new IOException("the device has not answered a request of this channel, and still owns its buffer");
        }
        freed = true;
        buffer.free();
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void requireWritable() {
        if (disk.isReadOnly()) {
            throw new NonWritableChannelException();
        }
    }
}
