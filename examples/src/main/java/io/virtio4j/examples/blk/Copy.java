// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.blk.BlkData;
import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkException;
import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.picture.AtomicFile;
import io.virtio4j.memory.DmaBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One copy, several requests in flight.
 *
 * <p>The bytes are cut into chunks of a buffer's length; chunk {@code n} goes through buffer {@code n % BUFFERS}. Requests may
 * end in any order; files and checksums take the chunks in theirs.
 */
final class Copy {
    private static final int SECTOR_BYTES = 512;

    private final Disk disk;
    private final Progress progress;
    private final Checksum checksum = new Checksum();
    private final boolean[] busy = new boolean[Disk.BUFFERS];
    private final BlkData data = new BlkData();
    private int failedStatus;

    Copy(Disk disk, Progress progress) {
        this.disk = disk;
        this.progress = progress;
    }

    /** Copies a file onto the disk, and returns when all of it is durable. */
    CopyReport from(Path file, long lengthBytes) {
        long startNanos = System.nanoTime();
        try (progress;
                FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            long chunks = chunks(lengthBytes);
            for (long chunk = 0; chunk < chunks; chunk++) {
                int slot = slot(chunk);
                awaitSlot(slot);
                int bytes = chunkBytes(chunk, lengthBytes);
                read(source, file, slot, bytes);
                submit(chunk, slot, bytes, true);
                progress.advance(bytes);
            }
            awaitAll();
            disk.device().flush();
        } catch (IOException e) {
            throw new WorkFailedException("cannot read " + file + " (" + e + ")", e);
        } catch (BlkException e) {
            throw failed(e);
        }
        return new CopyReport(lengthBytes, System.nanoTime() - startNanos, checksum.hex());
    }

    /** Copies the disk into a file, which appears under its name when it is whole. */
    CopyReport to(Path file, long lengthBytes) {
        long startNanos = System.nanoTime();
        try (progress;
                AtomicFile target = new AtomicFile(file)) {
            WritableByteChannel sink = Channels.newChannel(target.stream());
            long chunks = chunks(lengthBytes);
            long asked = 0;
            for (long chunk = 0; chunk < chunks; chunk++) {
                for (; asked < chunks && asked < chunk + Disk.BUFFERS; asked++) {
                    submit(asked, slot(asked), chunkBytes(asked, lengthBytes), false);
                }
                awaitSlot(slot(chunk));
                int bytes = chunkBytes(chunk, lengthBytes);
                write(sink, slot(chunk), bytes);
                progress.advance(bytes);
            }
            target.commit();
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + file + " (" + e + ")", e);
        } catch (BlkException e) {
            throw failed(e);
        }
        return new CopyReport(lengthBytes, System.nanoTime() - startNanos, checksum.hex());
    }

    private static long chunks(long lengthBytes) {
        return (lengthBytes + Disk.BUFFER_BYTES - 1) / Disk.BUFFER_BYTES;
    }

    private static int chunkBytes(long chunk, long lengthBytes) {
        return (int) Math.min(Disk.BUFFER_BYTES, lengthBytes - chunk * Disk.BUFFER_BYTES);
    }

    private static int slot(long chunk) {
        return (int) (chunk % Disk.BUFFERS);
    }

    private static int wholeSectors(int bytes) {
        return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    }

    private void read(ReadableByteChannel source, Path file, int slot, int bytes) throws IOException {
        DmaBuffer buffer = disk.buffer(slot);
        ByteBuffer view = buffer.memory().view(buffer.offset(), bytes);
        while (view.hasRemaining()) {
            if (source.read(view) < 0) {
                throw new WorkFailedException(file + " became shorter while it was copied");
            }
        }
        checksum.update(view.flip());
        int padding = wholeSectors(bytes) - bytes;
        if (padding > 0) {
            buffer.memory().fill(buffer.offset() + bytes, padding, 0);
        }
    }

    private void write(WritableByteChannel sink, int slot, int bytes) throws IOException {
        DmaBuffer buffer = disk.buffer(slot);
        ByteBuffer view = buffer.memory().view(buffer.offset(), bytes);
        checksum.update(view.duplicate());
        while (view.hasRemaining()) {
            sink.write(view);
        }
    }

    private void submit(long chunk, int slot, int bytes, boolean write) {
        long sector = chunk * (Disk.BUFFER_BYTES / SECTOR_BYTES);
        data.clear().add(disk.buffer(slot), 0, wholeSectors(bytes));
        busy[slot] = true;
        int answer = submit(sector, slot, write);
        while (answer == BlkDevice.FULL) {
            await();
            answer = submit(sector, slot, write);
        }
        if (answer == BlkDevice.BROKEN) {
            throw broken();
        }
    }

    private int submit(long sector, int slot, boolean write) {
        return write
                ? disk.device().submitWrite(sector, data, slot)
                : disk.device().submitRead(sector, data, slot);
    }

    private void awaitSlot(int slot) {
        while (busy[slot]) {
            await();
        }
    }

    private void awaitAll() {
        for (int slot = 0; slot < Disk.BUFFERS; slot++) {
            awaitSlot(slot);
        }
    }

    private void await() {
        int taken = disk.device().await(this::ended);
        if (failedStatus != 0) {
            throw new WorkFailedException(
                    failedStatus == BlkDevice.TIMED_OUT
                            ? "the device did not answer in time"
                            : "the device answered a request with status " + failedStatus);
        }
        if (taken == BlkDevice.BROKEN) {
            throw broken();
        }
    }

    private void ended(long token, int status) {
        busy[(int) token] = false;
        if (status != 0) {
            failedStatus = status;
        }
    }

    private static WorkFailedException broken() {
        return new WorkFailedException("the device failed and needs a reset");
    }

    private static WorkFailedException failed(BlkException e) {
        return new WorkFailedException("the device failed: " + e.getMessage(), e);
    }
}
