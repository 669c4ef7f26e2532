// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.Cursor;

/** A cursor's image, where it is, and the pixels below it while it is drawn. */
final class CursorSprite {
    private static final int SIZE = Cursor.IMAGE_SIZE;
    private static final int CHANNEL = 0xFF;

    private final int[] image = new int[SIZE * SIZE];
    private final int[] below = new int[SIZE * SIZE];
    private final int[] row = new int[SIZE];
    private boolean visible;
    private int hotX;
    private int hotY;
    private int x;
    private int y;

    /** The part of the picture that it covers, or covered when it was drawn last. */
    private int left;

    private int top;
    private int width;
    private int height;
    private boolean drawn;

    void load(PixelView from, int newHotX, int newHotY) {
        for (int line = 0; line < SIZE; line++) {
            from.readArgb(0, line, image, line * SIZE, SIZE);
        }
        hotX = newHotX;
        hotY = newHotY;
        visible = true;
    }

    void moveTo(int newX, int newY) {
        x = newX;
        y = newY;
    }

    void hide() {
        visible = false;
    }

    /** It is on no picture any more. */
    void forgetDrawn() {
        drawn = false;
    }

    int left() {
        return left;
    }

    int top() {
        return top;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Puts back what is below; returns whether it was drawn. */
    boolean erase(PixelView picture) {
        if (!drawn) {
            return false;
        }
        for (int line = 0; line < height; line++) {
            picture.memory().putLe32s(picture.offsetBytes(left, top + line), below, line * SIZE, width);
        }
        drawn = false;
        return true;
    }

    /** Draws what of it lies on the picture; returns whether anything does. */
    boolean draw(PixelView picture) {
        if (!visible || !place(picture)) {
            return false;
        }
        int firstX = (int) (left - ((long) x - hotX));
        int firstY = (int) (top - ((long) y - hotY));
        for (int line = 0; line < height; line++) {
            picture.readPixels(left, top + line, below, line * SIZE, width);
            for (int i = 0; i < width; i++) {
                row[i] = over(image[(firstY + line) * SIZE + firstX + i], below[line * SIZE + i]);
            }
            picture.memory().putLe32s(picture.offsetBytes(left, top + line), row, 0, width);
        }
        drawn = true;
        return true;
    }

    private boolean place(PixelView picture) {
        // As longs: position and hot spot are any 32 bits of the driver's.
        long fromX = (long) x - hotX;
        long fromY = (long) y - hotY;
        long right = Math.min(fromX + SIZE, picture.width());
        long bottom = Math.min(fromY + SIZE, picture.height());
        if (Math.max(fromX, 0) >= right || Math.max(fromY, 0) >= bottom) {
            return false;
        }
        left = (int) Math.max(fromX, 0);
        top = (int) Math.max(fromY, 0);
        width = (int) (right - left);
        height = (int) (bottom - top);
        return true;
    }

    /** Both as {@link GpuFormat#B8G8R8A8}; the result is opaque. */
    private static int over(int cursor, int picture) {
        int alpha = cursor >>> 24;
        return CHANNEL << 24
                | channel(cursor, picture, alpha, 16)
                | channel(cursor, picture, alpha, 8)
                | channel(cursor, picture, alpha, 0);
    }

    private static int channel(int cursor, int picture, int alpha, int shift) {
        int from = (picture >>> shift) & CHANNEL;
        int value = ((cursor >>> shift) & CHANNEL) + (from * (CHANNEL - alpha) + CHANNEL / 2) / CHANNEL;
        return Math.min(value, CHANNEL) << shift;
    }
}
