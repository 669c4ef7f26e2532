// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.SharedMemory;

/**
 * A disk in memory: full of zeros at first, gone when nothing refers to it. A request is copied once, inside
 * {@code submit}, and allocates nothing.
 *
 * <p>Two requests on the same bytes at once may mix them, as on any disk.
 */
public final class MemoryBlockStore implements BlockStore {
    private static final long CHUNK_BYTES = 1L << 30;

    private final SharedMemory[] chunks;
    private final long lengthBytes;

    /**
     * Allocates all of the disk.
     *
     * @param lengthBytes more than 0, a multiple of 512
     * @throws IllegalArgumentException if it is not
     * @throws OutOfMemoryError if the JVM has no such room outside its heap (see {@code -XX:MaxDirectMemorySize})
     */
    public MemoryBlockStore(long lengthBytes) {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a disk in memory needs a positive length, not " + lengthBytes);
        }
        this.lengthBytes = Sectors.requireWhole(lengthBytes);
        this.chunks = new SharedMemory[(int) ((lengthBytes + CHUNK_BYTES - 1) / CHUNK_BYTES)];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = SharedMemory.allocate(Math.min(CHUNK_BYTES, lengthBytes - i * CHUNK_BYTES), 0);
        }
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
    public void submit(BlockRequest request) {
        long at = request.offsetBytes();
        switch (request.op()) {
            case READ -> {
                for (int piece = 0; piece < request.pieces(); piece++) {
                    read(at, request.pieceMemory(piece), request.pieceOffset(piece), request.pieceLengthBytes(piece));
                    at += request.pieceLengthBytes(piece);
                }
            }
            case WRITE -> {
                for (int piece = 0; piece < request.pieces(); piece++) {
                    write(at, request.pieceMemory(piece), request.pieceOffset(piece), request.pieceLengthBytes(piece));
                    at += request.pieceLengthBytes(piece);
                }
            }
            case FLUSH -> {
                // Memory is as durable as it will ever be.
            }
        }
        request.complete();
    }

    private void read(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            long within = (position + done) % CHUNK_BYTES;
            int part = (int) Math.min(length - done, CHUNK_BYTES - within);
            chunk(position + done).copyTo(within, memory, offset + done, part);
            done += part;
        }
    }

    private void write(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            long within = (position + done) % CHUNK_BYTES;
            int part = (int) Math.min(length - done, CHUNK_BYTES - within);
            memory.copyTo(offset + done, chunk(position + done), within, part);
            done += part;
        }
    }

    private SharedMemory chunk(long position) {
        return chunks[(int) (position / CHUNK_BYTES)];
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "memory:" + lengthBytes;
    }
}
