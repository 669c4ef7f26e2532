// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import de.waldheinz.fs.BlockDevice;
import de.waldheinz.fs.ReadOnlyException;
import io.virtio4j.blk.BlkChannel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk as fat32-lib wants one. One thread at a time, as for the file system on it. */
final class ChannelDisk implements BlockDevice {
    private static final int SECTOR_BYTES = 512;

    private final BlkChannel channel;
    private final boolean readOnly;

    /** @param channel of the disk; closed with this */
    ChannelDisk(BlkChannel channel, boolean readOnly) {
        this.channel = channel;
        this.readOnly = readOnly;
    }

    @Override
    public void read(long offset, ByteBuffer destination) throws IOException {
        channel.position(offset);
        while (destination.hasRemaining()) {
            if (channel.read(destination) < 0) {
                throw new EOFException("the disk ends at " + channel.size() + ", before " + offset);
            }
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        if (readOnly) {
            throw new ReadOnlyException();
        }
        channel.position(offset);
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    @Override
    public void flush() throws IOException {
        channel.force();
    }

    @Override
    public long getSize() throws IOException {
        return channel.size();
    }

    @Override
    public int getSectorSize() {
        return SECTOR_BYTES;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
