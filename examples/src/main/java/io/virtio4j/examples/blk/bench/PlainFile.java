// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.memory.SharedMemory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Between a file and memory, by {@link FileChannel}, as the store on a file does. */
final class PlainFile implements PlainStore {
    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer[] buffers;

    /**
     * For a job.
     *
     * @param path the same file that the disk is on
     * @param writes whether it is written to; otherwise it is opened for reading only
     */
    PlainFile(Path path, boolean writes, int blockBytes, int depth) throws IOException {
        SharedMemory memory = SharedMemory.allocate((long) blockBytes * depth, 0);
        memory.fill(0, memory.lengthBytes(), Layout.FILL);
        this.path = path;
        this.buffers = new ByteBuffer[depth];
        for (int slot = 0; slot < depth; slot++) {
            buffers[slot] = memory.view((long) slot * blockBytes, blockBytes);
        }
        this.channel = writes
                ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public void copy(boolean read, long offsetBytes, int slot) throws IOException {
        ByteBuffer buffer = buffers[slot].clear();
        for (long at = offsetBytes; buffer.hasRemaining(); ) {
            int moved = read ? channel.read(buffer, at) : channel.write(buffer, at);
            if (moved < 0) {
                throw new EOFException(path + " became shorter: it ends before byte " + at);
            }
            at += moved;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
