// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which blocks of an overlay are its own: one bit a block, in memory and in the overlay's file.
 *
 * <p>Any thread asks. Marks are made, and what has to be saved is taken, under the overlay's lock. A bit is saved only after
 * its block is on the medium: a crash in between leaves the base's block, as if the write had not been.
 */
final class OverlayMap {
    /** At most so much is written at once: the map of 128 MiB of the disk. */
    private static final int SAVED_BYTES = 4096;

    private final AtomicLongArray words;
    private BitSet unsaved = new BitSet();

    OverlayMap(long blocks) {
        this.words = new AtomicLongArray((int) ((blocks + Long.SIZE - 1) / Long.SIZE));
    }

    long lengthBytes() {
        return (long) words.length() * Long.BYTES;
    }

    boolean has(long block) {
        return (words.get((int) (block / Long.SIZE)) >>> block & 1) != 0;
    }

    /** {@return how many blocks from a first one, at most to an end, are marked as the first is} */
    long run(long firstBlock, long endBlock) {
        boolean marked = has(firstBlock);
        long block = firstBlock + 1;
        while (block < endBlock && has(block) == marked) {
            block++;
        }
        return block - firstBlock;
    }

    /** Marks blocks whose bytes are in the file; the overlay's lock is held. */
    void mark(long firstBlock, long endBlock) {
        for (long block = firstBlock; block < endBlock; block++) {
            int word = (int) (block / Long.SIZE);
            long marked = words.get(word) | 1L << block;
            if (marked != words.get(word)) {
                words.set(word, marked);
                unsaved.set(word);
            }
        }
    }

    /** {@return what is marked and not saved; from now on it counts as saved. The overlay's lock is held} */
    BitSet takeUnsaved() {
        BitSet taken = unsaved;
        unsaved = new BitSet();
        return taken;
    }

    /** It was not saved after all; the overlay's lock is held. */
    void putBackUnsaved(BitSet taken) {
        unsaved.or(taken);
    }

    void load(ImageFile file, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BounceBuffer.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int word = 0;
        while (word < words.length()) {
            int part = Math.min(words.length() - word, buffer.capacity() / Long.BYTES);
            file.read(buffer.clear().limit(part * Long.BYTES), position + (long) word * Long.BYTES);
            buffer.flip();
            for (int i = 0; i < part; i++) {
                words.set(word + i, buffer.getLong());
            }
            word += part;
        }
    }

    /** Writes words that {@link #takeUnsaved} took. Bits that were marked since are not written with them. */
    void save(ImageFile file, long position, SavedWords saved) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(SAVED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < saved.values.length; ) {
            int first = saved.indices[i];
            buffer.clear();
            do {
                buffer.putLong(saved.values[i++]);
            } while (i < saved.values.length && saved.indices[i] == saved.indices[i - 1] + 1 && buffer.hasRemaining());
            file.write(buffer.flip(), position + (long) first * Long.BYTES);
        }
    }

    /** The values of some words at one moment. */
    static final class SavedWords {
        private final int[] indices;
        private final long[] values;

        private SavedWords(int[] indices, long[] values) {
            this.indices = indices;
            this.values = values;
        }
    }

    /** {@return the words as they are now; the overlay's lock is held} */
    SavedWords copy(BitSet which) {
        int[] indices = which.stream().toArray();
        long[] values = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            values[i] = words.get(indices[i]);
        }
        return new SavedWords(indices, values);
    }
}
