// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A disk over a base image that never changes: what is written goes to another file, the top, in blocks of 4 KiB, and
 * everything else is read from the base. The top is a file that stays, for a base that many share, or one that is gone when
 * the store is closed, to try something out.
 *
 * <p>Requests are done inside {@code submit}. The first write to a block takes a lock, later ones none. A flush makes the
 * written blocks durable, then the map that says which they are; so after a crash each block is the base's or as it was
 * written, and everything that was flushed is there. A top that is gone at the end makes nothing durable.
 *
 * <p>What was discarded reads as zeros, as in {@link FileBlockStore}; secure erase is not offered. The base must stay as it
 * is as long as there is a top for it: that it has another length is noticed, no other change. Many overlays may share a
 * base; the top is locked, and flushes fail for good after one that failed, as in {@link FileBlockStore}.
 */
public final class OverlayBlockStore implements BlockStore {
    private static final int BLOCK_BYTES = OverlayFile.BLOCK_BYTES;

    private final ImageFile base;
    private final ImageFile top;
    private final boolean temporary;
    private final long lengthBytes;
    private final OverlayMap map;
    private final long dataPosition;

    /** Held while blocks become the overlay's own. */
    private final ReentrantLock firstWrites = new ReentrantLock();

    /** Held while a flush is under way: the next one must not overtake it. */
    private final ReentrantLock flushes = new ReentrantLock();

    /** @param top empty, or an overlay; both files are closed with the store */
    OverlayBlockStore(ImageFile base, ImageFile top, boolean temporary) throws IOException {
        this.base = base;
        this.top = top;
        this.temporary = temporary;
        this.lengthBytes = base.lengthBytes();
        if (!Sectors.isWhole(lengthBytes)) {
            throw new IOException(base.path() + " has " + lengthBytes + " bytes, and a disk has whole sectors of 512");
        }
        this.map = new OverlayMap(OverlayFile.blocks(lengthBytes));
        this.dataPosition = OverlayFile.dataPosition(map);
        if (top.lengthBytes() == 0) {
            OverlayFile.format(top, map, lengthBytes);
        } else {
            OverlayFile.check(top, map, lengthBytes);
            map.load(top, OverlayFile.mapPosition());
        }
    }

    /**
     * Opens an overlay that stays. The top is made if it is missing.
     *
     * @param basePath an existing image of whole sectors; opened for reading only
     * @param topPath the overlay's own file
     * @return the store
     * @throws IOException if a file cannot be opened, the top is not an overlay, is one of a base of another length, or is
     *     in use by another store or process
     */
    public static OverlayBlockStore open(Path basePath, Path topPath) throws IOException {
        return open(basePath, () -> openTop(topPath), false);
    }

    private static ImageFile openTop(Path path) throws IOException {
        boolean made = Files.notExists(path);
        if (made) {
            Files.createFile(path);
        }
        ImageFile top = ImageFile.open(path, true);
        try {
            if (made) {
                top.forceNew();
            }
        } catch (IOException e) {
            try (top) {
                throw e;
            }
        }
        return top;
    }

    /**
     * Opens an overlay that forgets what was written when it is closed. It lies in the folder for temporary files, and stays
     * there if the process is killed.
     *
     * @param basePath an existing image of whole sectors; opened for reading only
     * @return the store
     * @throws IOException if a file cannot be opened
     */
    public static OverlayBlockStore openTemporary(Path basePath) throws IOException {
        return open(basePath, OverlayBlockStore::temporaryFile, true);
    }

    private static ImageFile temporaryFile() throws IOException {
        Path path = Files.createTempFile("virtio4j-", ".overlay");
        // Not removed while it is open: it may have to be opened again after an interrupt.
        path.toFile().deleteOnExit();
        return ImageFile.open(path, true);
    }

    /** Opens the top; called once the base is open. */
    @FunctionalInterface
    private interface TopFile {
        ImageFile open() throws IOException;
    }

    private static OverlayBlockStore open(Path basePath, TopFile topFile, boolean temporary) throws IOException {
        ImageFile base = ImageFile.open(basePath, false);
        try {
            return open(base, topFile.open(), temporary);
        } catch (IOException | RuntimeException e) {
            try (base) {
                throw e;
            }
        }
    }

    private static OverlayBlockStore open(ImageFile base, ImageFile top, boolean temporary) throws IOException {
        try {
            return new OverlayBlockStore(base, top, temporary);
        } catch (IOException | RuntimeException e) {
            try (top) {
                throw e;
            }
        }
    }

    Path topPath() {
        return top.path();
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
        return op != BlockOp.SECURE_ERASE;
    }

    @Override
    public void submit(BlockRequest request) {
        try {
            switch (request.op()) {
                case READ -> read(request);
                case WRITE, DISCARD, WRITE_ZEROES -> change(request);
                case FLUSH -> flush();
                case SECURE_ERASE -> throw new UnsupportedOperationException(this + " cannot erase securely");
            }
        } catch (IOException | RuntimeException e) {
            request.fail(e);
            return;
        }
        request.complete();
    }

    private void read(BlockRequest request) throws IOException {
        long end = request.offsetBytes() + request.lengthBytes();
        BounceBuffer buffer = top.buffer();
        for (long at = request.offsetBytes(); at < end; ) {
            long block = at / BLOCK_BYTES;
            boolean own = map.has(block);
            long runEnd = Math.min(end, (block + map.run(block, endBlock(end))) * BLOCK_BYTES);
            if (own) {
                top.transfer(request, buffer, dataPosition + at, runEnd - at);
            } else {
                base.transfer(request, buffer, at, runEnd - at);
            }
            at = runEnd;
        }
    }

    private static long endBlock(long end) {
        return (end + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }

    private void change(BlockRequest request) throws IOException {
        long start = request.offsetBytes();
        long end = start + request.lengthBytes();
        if (start == end) {
            return;
        }
        long firstBlock = start / BLOCK_BYTES;
        long endBlock = endBlock(end);
        if (map.has(firstBlock) && map.run(firstBlock, endBlock) == endBlock - firstBlock) {
            put(request);
            return;
        }
        firstWrites.lock();
        try {
            if (start % BLOCK_BYTES != 0) {
                copyUp(firstBlock);
            }
            // The tail of the disk may be no whole block: the base has nothing after it.
            if (end % BLOCK_BYTES != 0 && end != lengthBytes) {
                copyUp(endBlock - 1);
            }
            put(request);
            map.mark(firstBlock, endBlock);
        } finally {
            firstWrites.unlock();
        }
    }

    private void put(BlockRequest request) throws IOException {
        long position = dataPosition + request.offsetBytes();
        if (request.op() == BlockOp.WRITE) {
            top.transfer(request, top.buffer(), position, request.lengthBytes());
        } else {
            top.zero(position, request.lengthBytes(), request.op() == BlockOp.DISCARD || request.mayUnmap());
        }
    }

    /** Copies a block of which only a part is to be written, unless it is the overlay's already. The lock is held. */
    private void copyUp(long block) throws IOException {
        if (map.has(block)) {
            return;
        }
        long at = block * BLOCK_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, lengthBytes - at));
        base.read(bytes, at);
        top.write(bytes.flip(), dataPosition + at);
        map.mark(block, block + 1);
    }

    private void flush() throws IOException {
        if (temporary) {
            return;
        }
        flushes.lock();
        try {
            BitSet unsaved;
            OverlayMap.SavedWords words;
            firstWrites.lock();
            try {
                unsaved = map.takeUnsaved();
                words = map.copy(unsaved);
            } finally {
                firstWrites.unlock();
            }
            saveAfterData(unsaved, words);
        } finally {
            flushes.unlock();
        }
    }

    private void saveAfterData(BitSet unsaved, OverlayMap.SavedWords words) throws IOException {
        boolean saved = false;
        try {
            top.force();
            if (!unsaved.isEmpty()) {
                map.save(top, OverlayFile.mapPosition(), words);
                top.force();
            }
            saved = true;
        } finally {
            if (!saved) {
                firstWrites.lock();
                try {
                    map.putBackUnsaved(unsaved);
                } finally {
                    firstWrites.unlock();
                }
            }
        }
    }

    /** {@inheritDoc} Without a flush before, a top that stays has what the last flush made durable. */
    @Override
    public void close() throws IOException {
        try (base) {
            top.close();
        } finally {
            if (temporary) {
                Files.deleteIfExists(top.path());
            }
        }
    }

    @Override
    public String toString() {
        return "overlay of " + base.path().toUri();
    }
}
