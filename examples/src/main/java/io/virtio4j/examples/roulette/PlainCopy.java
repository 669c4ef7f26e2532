// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.memory.SharedMemory;

/**
 * The yardstick of a frame: one plain copy of the same bytes from memory to memory, without a device.
 *
 * <p>The bytes lie as the frame's do: the rows of the rectangle in a picture of the full width, just written.
 */
final class PlainCopy {
    private static final int BYTES_PER_PIXEL = 4;

    private final FrameSize size;
    private final SharedMemory source;
    private final SharedMemory destination;

    PlainCopy(FrameSize size) {
        this.size = size;
        this.source = SharedMemory.allocate(size.bytes(), 0);
        this.destination = SharedMemory.allocate(size.bytes(), 0);
        // Every page is there before the first copy is timed.
        destination.fill(0, size.bytes(), 0xA5);
    }

    /** Copies a rectangle of a whole picture's pixels; to write the source is not part of the time. */
    long copyNanos(int[] pixels, PixelRect rect) {
        int end = rect.y() + rect.height();
        for (int y = rect.y(); y < end; y++) {
            source.putLe32s(offset(rect, y), pixels, y * size.width() + rect.x(), rect.width());
        }
        long rowBytes = (long) rect.width() * BYTES_PER_PIXEL;
        long startNanos = System.nanoTime();
        if (rect.width() == size.width()) {
            source.copyTo(offset(rect, rect.y()), destination, offset(rect, rect.y()), rowBytes * rect.height());
        } else {
            for (int y = rect.y(); y < end; y++) {
                source.copyTo(offset(rect, y), destination, offset(rect, y), rowBytes);
            }
        }
        return System.nanoTime() - startNanos;
    }

    private long offset(PixelRect rect, int y) {
        return ((long) y * size.width() + rect.x()) * BYTES_PER_PIXEL;
    }
}
