// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk in memory: full of zeros at first, gone when nothing refers to it. A request is copied once, inside
 * {@code submit}, and allocates nothing. It does every operation: a discard and a secure erase leave zeros behind, and there
 * is no other copy of what was erased. Memory is never given back before all of it is.
 *
 * <p>Two requests on the same bytes at once may mix them, as on any disk.
 */
public final class MemoryBlockStore implements BlockStore {
    private static final long MAX_EXTENT_BYTES = 1L << 30;

    /** A run of the disk. */
    private record Extent(long startBytes, SharedMemory memory) {
        long endBytes() {
            return startBytes + memory.lengthBytes();
        }
    }

    /** In the order of their places; replaced by a longer list when the disk grows. */
    private volatile Extent[] extents = {};

    private volatile long lengthBytes;
    private volatile Runnable changed = () -> {};

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
        allocateUpTo(Sectors.requireWhole(lengthBytes));
    }

    private void allocateUpTo(long newLengthBytes) {
        List<Extent> all = new ArrayList<>(List.of(extents));
        for (long at = lengthBytes; at < newLengthBytes; at += MAX_EXTENT_BYTES) {
            all.add(new Extent(at, SharedMemory.allocate(Math.min(MAX_EXTENT_BYTES, newLengthBytes - at), 0)));
        }
        extents = all.toArray(Extent[]::new);
        lengthBytes = newLengthBytes;
    }

    /**
     * Makes the disk longer, with zeros at its end. Any thread, also while the disk is in use.
     *
     * @param newLengthBytes no less than it is, a multiple of 512
     * @throws IllegalArgumentException if it is not
     */
    public synchronized void grow(long newLengthBytes) {
        allocateUpTo(Sectors.requireLonger(lengthBytes, newLengthBytes));
        changed.run();
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
    public void onChange(Runnable newChanged) {
        changed = newChanged;
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
            case DISCARD, WRITE_ZEROES, SECURE_ERASE -> zero(at, request.lengthBytes());
        }
        request.complete();
    }

    private void read(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            Extent extent = extentAt(position + done);
            int part = (int) Math.min(length - done, extent.endBytes() - position - done);
            extent.memory.copyTo(position + done - extent.startBytes, memory, offset + done, part);
            done += part;
        }
    }

    private void write(long position, SharedMemory memory, long offset, int length) {
        for (int done = 0; done < length; ) {
            Extent extent = extentAt(position + done);
            int part = (int) Math.min(length - done, extent.endBytes() - position - done);
            memory.copyTo(offset + done, extent.memory, position + done - extent.startBytes, part);
            done += part;
        }
    }

    private void zero(long position, long length) {
        for (long done = 0; done < length; ) {
            Extent extent = extentAt(position + done);
            long part = Math.min(length - done, extent.endBytes() - position - done);
            extent.memory.fill(position + done - extent.startBytes, part, 0);
            done += part;
        }
    }

    private Extent extentAt(long position) {
        Extent[] all = extents;
        int index = all.length - 1;
        while (position < all[index].startBytes) {
            index--;
        }
        return all[index];
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "memory:" + lengthBytes;
    }
}
