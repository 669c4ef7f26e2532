// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A picture in guest memory, in pieces that do not follow each other, as a guest's pages never do.
 *
 * <p>The pieces are the resource's backing, in order: byte {@code n} of the picture lies in piece {@code n / pieceBytes}.
 */
final class Framebuffer {
    private static final int MIN_PIECE_BYTES = 64 << 10;
    private static final int MAX_PIECE_BYTES = 1 << 20;

    /** So many pieces at least, if they are not too small for it. */
    private static final int PIECES = 16;

    private static final int BYTES_PER_PIXEL = 4;
    private static final int PAGE_BYTES = 4096;

    private final FrameSize size;
    private final SharedMemory memory;
    private final List<DmaBuffer> pieces;

    /** Of every piece but the last, which may be shorter. */
    private final int pieceBytes;

    Framebuffer(DmaArena arena, FrameSize size) {
        this.size = size;
        this.memory = arena.memory();
        this.pieceBytes = pieceBytes(size);
        List<DmaBuffer> inMemoryOrder = new ArrayList<>();
        long last = (size.bytes() - 1) / pieceBytes;
        for (long i = 0; i < last; i++) {
            inMemoryOrder.add(arena.allocate(pieceBytes, PAGE_BYTES));
        }
        // The order is mixed up, and the same in every run: what is measured does not depend on chance.
        Collections.shuffle(inMemoryOrder, new Random(last));
        inMemoryOrder.add(arena.allocate(size.bytes() - last * pieceBytes, PAGE_BYTES));
        this.pieces = List.copyOf(inMemoryOrder);
    }

    static long arenaBytes(FrameSize size) {
        return size.bytes() + MAX_PIECE_BYTES;
    }

    private static int pieceBytes(FrameSize size) {
        long bytes = Long.highestOneBit(Math.max(1, size.bytes() / PIECES));
        return (int) Math.max(MIN_PIECE_BYTES, Math.min(MAX_PIECE_BYTES, bytes));
    }

    List<DmaBuffer> pieces() {
        return pieces;
    }

    /** Copies a rectangle of a whole picture's pixels, 0xAARRGGBB, to where it belongs. */
    void write(int[] pixels, PixelRect rect) {
        for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
            int first = y * size.width() + rect.x();
            writeRun(pixels, first, rect.width());
        }
    }

    private void writeRun(int[] pixels, int first, int count) {
        int done = 0;
        while (done < count) {
            long at = (long) (first + done) * BYTES_PER_PIXEL;
            int within = (int) (at % pieceBytes);
            int run = Math.min(count - done, (pieceBytes - within) / BYTES_PER_PIXEL);
            DmaBuffer piece = pieces.get((int) (at / pieceBytes));
            memory.putLe32s(piece.offset() + within, pixels, first + done, run);
            done += run;
        }
    }
}
