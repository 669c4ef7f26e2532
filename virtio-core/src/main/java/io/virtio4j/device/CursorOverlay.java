// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Draws the cursors onto what the scanouts show, for whoever wants whole pictures: a recording, a window without a cursor
 * of its own.
 *
 * <pre>
 *   GPU device --scanout, cursor--&gt; CursorOverlay --scanout with the cursor on it--&gt; another Scanout
 * </pre>
 *
 * <p>The other one is never told of a cursor: where it is drawn, moved or hidden, a flush of the pixels that changed comes
 * instead. Its views are of a copy, {@link GpuFormat#B8G8R8X8} whatever the scanout's format, that holds what was
 * flushed; so a cursor that moves shows nothing that the driver has not flushed yet.
 *
 * <p>The hot spot is drawn at the cursor's position. An image with alpha has its colours multiplied by it already, as the
 * cursor planes of Linux take them: a pixel becomes {@code image + picture (255 - alpha) / 255}, colour by colour, and at most
 * 255. One without alpha covers what is below.
 *
 * <p>Called by the device's thread, as every {@link Scanout}. A flush allocates nothing.
 *
 * <p>VirtIO 1.2, 5.7.6.10 Device Operation: cursorq.
 */
public final class CursorOverlay implements Scanout {
    private final Scanout shown;
    private final Picture[] pictures;

    /**
     * Makes one with all scanouts off and no cursor.
     *
     * @param count how many scanouts the device has
     * @param shown gets the pictures with the cursors on them
     */
    public CursorOverlay(int count, Scanout shown) {
        this.shown = shown;
        this.pictures = new Picture[count];
        for (int i = 0; i < count; i++) {
            pictures[i] = new Picture(i);
        }
    }

    @Override
    public void enabled(int scanoutId, PixelView view) {
        Picture picture = pictures[scanoutId];
        picture.begin(view.width(), view.height());
        shown.enabled(scanoutId, picture.frame());
    }

    @Override
    public void disabled(int scanoutId) {
        pictures[scanoutId].end();
        shown.disabled(scanoutId);
    }

    @Override
    public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
        Picture picture = pictures[scanoutId];
        boolean wasDrawn = picture.sprite.erase(picture.frame());
        picture.copy(view, x, y, width, height);
        boolean isDrawn = picture.sprite.draw(picture.frame());
        shown.flushed(scanoutId, picture.frame(), x, y, width, height);
        if (isDrawn && !wasDrawn) {
            // It was there before the scanout was; perhaps outside the rectangle.
            picture.flushSprite(picture.frame());
        }
    }

    @Override
    public void cursorUpdated(int scanoutId, PixelView image, int hotX, int hotY, int x, int y) {
        Picture picture = pictures[scanoutId];
        picture.eraseCursor();
        picture.sprite.load(image, hotX, hotY);
        picture.sprite.moveTo(x, y);
        picture.drawCursor();
    }

    @Override
    public void cursorMoved(int scanoutId, int x, int y) {
        Picture picture = pictures[scanoutId];
        picture.eraseCursor();
        picture.sprite.moveTo(x, y);
        picture.drawCursor();
    }

    @Override
    public void cursorHidden(int scanoutId) {
        Picture picture = pictures[scanoutId];
        picture.eraseCursor();
        picture.sprite.hide();
    }

    /** One scanout: a copy of what was flushed, with the cursor on it. */
    private final class Picture {
        private final int scanoutId;
        private final CursorSprite sprite = new CursorSprite();
        private int[] row = {};
        private @Nullable PixelView frame;

        Picture(int scanoutId) {
            this.scanoutId = scanoutId;
        }

        void begin(int width, int height) {
            long strideBytes = (long) width * GpuFormat.BYTES_PER_PIXEL;
            SharedMemory memory = SharedMemory.allocate(strideBytes * height, 0);
            frame = new PixelView(memory, 0, (int) strideBytes, width, height, GpuFormat.B8G8R8X8);
            row = new int[Math.max(width, Cursor.IMAGE_SIZE)];
            sprite.forgetDrawn();
        }

        void end() {
            frame = null;
            sprite.forgetDrawn();
        }

        PixelView frame() {
            PixelView current = frame;
            if (current == null) {
                throw new IllegalStateException("scanout " + scanoutId + " is off");
            }
            return current;
        }

        void copy(PixelView from, int x, int y, int width, int height) {
            PixelView to = frame();
            for (int line = y; line < y + height; line++) {
                from.readArgb(x, line, row, 0, width);
                to.memory().putLe32s(to.offsetBytes(x, line), row, 0, width);
            }
        }

        /** The cursor belongs to the scanout, whether or not that shows anything. */
        void eraseCursor() {
            PixelView current = frame;
            if (current != null && sprite.erase(current)) {
                flushSprite(current);
            }
        }

        void drawCursor() {
            PixelView current = frame;
            if (current != null && sprite.draw(current)) {
                flushSprite(current);
            }
        }

        private void flushSprite(PixelView current) {
            shown.flushed(scanoutId, current, sprite.left(), sprite.top(), sprite.width(), sprite.height());
        }
    }
}
