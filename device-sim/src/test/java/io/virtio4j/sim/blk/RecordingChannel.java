// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A file whose writes and forces are noted, in order; those fail that the test names. */
final class RecordingChannel extends FileChannel {
    final List<String> steps = Collections.synchronizedList(new ArrayList<>());
    final Set<String> failing = new HashSet<>();

    /** Runs on the thread that writes. */
    volatile Runnable beforeWrite = () -> {};

    private final FileChannel file;

    RecordingChannel(FileChannel file) {
        this.file = file;
    }

    private void step(String what) throws IOException {
        if (failing.contains(what)) {
            throw new IOException("no room for a " + what);
        }
        steps.add(what);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        beforeWrite.run();
        step("write");
        return file.write(source, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
        step("force");
        file.force(metaData);
    }

    @Override
    public int read(ByteBuffer destination, long position) throws IOException {
        return file.read(destination, position);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }

    @Override
    public int read(ByteBuffer destination) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] destinations, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
