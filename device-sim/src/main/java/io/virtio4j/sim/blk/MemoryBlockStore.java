// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.SharedMemory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory: full of zeros at first, gone when nothing refers to it. It takes memory as it is written to, a mebibyte
 * at a time, and a discard, or a write of zeroes with unmap, gives whole mebibytes back. A request is copied once, inside
 * {@code submit}, and allocates nothing where the disk was written to before.
 *
 * <p>It does every operation. A secure erase overwrites the bytes where they are; there is no other copy of them.
 *
 * <p>Two requests on the same bytes at once may mix them, as on any disk.
 */
public final class MemoryBlockStore implements BlockStore {
    /** What memory is taken and given back by. */
    static final int CHUNK_BYTES = 1 << 20;

    private static final long MAX_LENGTH_BYTES = (long) Integer.MAX_VALUE / 2 * CHUNK_BYTES;

    /** Null where only zeros are. Changed under the lock; replaced by a longer one when the disk grows. */
    private volatile AtomicReferenceArray<@Nullable SharedMemory> chunks = new AtomicReferenceArray<>(0);

    private volatile long lengthBytes;
    private volatile Runnable changed = () -> {};

    /**
     * Makes a disk of zeros, which takes no memory yet.
     *
     * @param lengthBytes more than 0, a multiple of 512
     * @throws IllegalArgumentException if it is not, or is more than a pebibyte
     */
    public MemoryBlockStore(long lengthBytes) {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a disk in memory needs a positive length, not " + lengthBytes);
        }
        lengthen(Sectors.requireWhole(lengthBytes));
    }

    private void lengthen(long newLengthBytes) {
        if (newLengthBytes > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "a disk in memory has at most " + MAX_LENGTH_BYTES + " bytes, not " + newLengthBytes);
        }
        AtomicReferenceArray<@Nullable SharedMemory> before = chunks;
        AtomicReferenceArray<@Nullable SharedMemory> longer =
                new AtomicReferenceArray<>((int) ((newLengthBytes + CHUNK_BYTES - 1) / CHUNK_BYTES));
        for (int i = 0; i < before.length(); i++) {
            longer.set(i, before.get(i));
        }
        chunks = longer;
        lengthBytes = newLengthBytes;
    }

    /**
     * Makes the disk longer, with zeros at its end. Any thread, also while the disk is in use.
     *
     * @param newLengthBytes no less than it is, a multiple of 512
     * @throws IllegalArgumentException if it is not
     */
    public void grow(long newLengthBytes) {
        synchronized (this) {
            lengthen(Sectors.requireLonger(lengthBytes, newLengthBytes));
        }
        changed.run();
    }

    /** {@return how much memory the disk takes now, in bytes; any thread} */
    public long allocatedBytes() {
        AtomicReferenceArray<@Nullable SharedMemory> now = chunks;
        long bytes = 0;
        for (int i = 0; i < now.length(); i++) {
            bytes += now.get(i) == null ? 0 : CHUNK_BYTES;
        }
        return bytes;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public boolean supports(BlockOp op) {
        return true;
    }

    @Override
    public boolean unmapsZeroes() {
        return true;
    }

    @Override
    public void onChange(Runnable newChanged) {
        changed = newChanged;
    }

    @Override
    public void submit(BlockRequest request) {
        try {
            switch (request.op()) {
                case READ -> transfer(request, true);
                case WRITE -> transfer(request, false);
                case FLUSH -> {
                    // Memory is as durable as it will ever be.
                }
                case DISCARD -> zero(request, true);
                case WRITE_ZEROES -> zero(request, request.mayUnmap());
                case SECURE_ERASE -> zero(request, false);
            }
        } catch (OutOfMemoryError e) {
            request.fail(new IOException("no memory for more of " + this + "; see -XX:MaxDirectMemorySize", e));
            return;
        }
        request.complete();
    }

    private void transfer(BlockRequest request, boolean read) {
        long at = request.offsetBytes();
        for (int piece = 0; piece < request.pieces(); piece++) {
            int length = request.pieceLengthBytes(piece);
            if (read) {
                read(at, request.pieceMemory(piece), request.pieceOffset(piece), length);
            } else {
                write(at, request.pieceMemory(piece), request.pieceOffset(piece), length);
            }
            at += length;
        }
    }

    private void read(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            long within = (position + done) % CHUNK_BYTES;
            int part = (int) Math.min(length - done, CHUNK_BYTES - within);
            SharedMemory chunk = chunks.getAcquire((int) ((position + done) / CHUNK_BYTES));
            if (chunk == null) {
                memory.fill(offset + done, part, 0);
            } else {
                chunk.copyTo(within, memory, offset + done, part);
            }
            done += part;
        }
    }

    private void write(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            long within = (position + done) % CHUNK_BYTES;
            int part = (int) Math.min(length - done, CHUNK_BYTES - within);
            int index = (int) ((position + done) / CHUNK_BYTES);
            SharedMemory chunk = chunks.getAcquire(index);
            memory.copyTo(offset + done, chunk == null ? allocate(index) : chunk, within, part);
            done += part;
        }
    }

    private synchronized SharedMemory allocate(int index) {
        SharedMemory chunk = chunks.get(index);
        if (chunk == null) {
            chunk = SharedMemory.allocate(CHUNK_BYTES, 0);
            chunks.setRelease(index, chunk);
        }
        return chunk;
    }

    private void zero(BlockRequest request, boolean release) {
        long end = request.offsetBytes() + request.lengthBytes();
        for (long at = request.offsetBytes(); at < end; ) {
            int index = (int) (at / CHUNK_BYTES);
            long within = at % CHUNK_BYTES;
            long part = Math.min(end - at, CHUNK_BYTES - within);
            SharedMemory chunk = chunks.getAcquire(index);
            if (chunk != null && release && part == CHUNK_BYTES) {
                release(index);
            } else if (chunk != null) {
                chunk.fill(within, part, 0);
            }
            at += part;
        }
    }

    /** A request that still uses the chunk keeps it; what it does there lies in the range that is given up. */
    private synchronized void release(int index) {
        chunks.setRelease(index, null);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "memory:" + lengthBytes;
    }
}
