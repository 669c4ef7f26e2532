// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.MemoryBlockStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a simulated disk keeps its data in. An image that was made for a copy which then failed is removed again. */
final class Image implements AutoCloseable {
    private static final int SECTOR_BYTES = 512;

    private final BlockStore store;
    private final String name;
    private @Nullable Path madeHere;

    private Image(BlockStore store, String name, @Nullable Path madeHere) {
        this.store = store;
        this.name = name;
        this.madeHere = madeHere;
    }

    private static long wholeSectors(long lengthBytes) {
        return (lengthBytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    }

    static Image inMemory(long lengthBytes) {
        return new Image(new MemoryBlockStore(wholeSectors(lengthBytes)), "memory", null);
    }

    static Image forReading(Path path) {
        try {
            return new Image(FileBlockStore.open(path, true), path.toString(), null);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** Opens an image for a copy of so many bytes, or makes it. */
    static Image forWriting(Path path, long lengthBytes) {
        try {
            if (!Files.exists(path)) {
                return new Image(FileBlockStore.create(path, wholeSectors(lengthBytes)), path.toString(), path);
            }
            if (Files.isRegularFile(path) && Files.size(path) < lengthBytes) {
                throw new WorkFailedException("the image " + path + " holds " + Files.size(path)
                        + " bytes and the file has " + lengthBytes + "; lengthen the image or name a new one");
            }
            return new Image(FileBlockStore.open(path, false), path.toString(), null);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** A store that somebody has opened for this copy; closed with the image. */
    static Image of(BlockStore store) {
        return new Image(store, store.toString(), null);
    }

    /** Refuses a copy of so many bytes if there is no room for it, or nothing may be written; then it is closed, too. */
    Image requireRoomFor(long lengthBytes) {
        String why = store.isReadOnly()
                ? "can only be read"
                : store.lengthBytes() < lengthBytes
                        ? "holds " + store.lengthBytes() + " bytes and the file has " + lengthBytes
                        : "";
        if (!why.isEmpty()) {
            close();
            throw new WorkFailedException("the store " + name + " " + why + "; name another");
        }
        return this;
    }

    private static WorkFailedException failed(Path path, IOException e) {
        return new WorkFailedException("cannot use the image " + path + " (" + e + ")", e);
    }

    BlockStore store() {
        return store;
    }

    /** The copy is complete: an image made here stays. */
    void keep() {
        madeHere = null;
    }

    @Override
    public void close() {
        try {
            store.close();
            Path unfinished = madeHere;
            if (unfinished != null) {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new WorkFailedException("cannot close the image " + name + " (" + e + ")", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
