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
 * <p>The pieces are the resource's backing, in order: byte {@code n} of the picture lies in piece {@code n / PIECE_BYTES}.
 */
final class Framebuffer {
    /** Bytes of every piece but the last, which may be shorter. */
    static final int PIECE_BYTES = 64 * 1024;

    private static final int BYTES_PER_PIXEL = 4;
    private static final int PAGE_BYTES = 4096;

    private final FrameSize size;
    private final SharedMemory memory;
    private final List<DmaBuffer> pieces;

    Framebuffer(DmaArena arena, FrameSize size) {
        this.size = size;
        this.memory = arena.memory();
        List<DmaBuffer> inMemoryOrder = new ArrayList<>();
        long last = (size.bytes() - 1) / PIECE_BYTES;
        for (long i = 0; i < last; i++) {
            inMemoryOrder.add(arena.allocate(PIECE_BYTES, PAGE_BYTES));
        }
        // The order is mixed up, and the same in every run: what is measured does not depend on chance.
        Collections.shuffle(inMemoryOrder, new Random(last));
        inMemoryOrder.add(arena.allocate(size.bytes() - last * PIECE_BYTES, PAGE_BYTES));
        this.pieces = List.copyOf(inMemoryOrder);
    }

    static long arenaBytes(FrameSize size) {
        return size.bytes() + PIECE_BYTES;
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
            int within = (int) (at % PIECE_BYTES);
            int run = Math.min(count - done, (PIECE_BYTES - within) / BYTES_PER_PIXEL);
            DmaBuffer piece = pieces.get((int) (at / PIECE_BYTES));
            memory.putLe32s(piece.offset() + within, pixels, first + done, run);
            done += run;
        }
    }
}
