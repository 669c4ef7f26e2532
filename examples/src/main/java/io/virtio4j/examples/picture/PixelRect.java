// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

/**
 * A rectangle of whole pixels. The empty rectangle has width and height 0. Immutable; any thread may call.
 *
 * @param x the leftmost column
 * @param y the topmost row
 * @param width in pixels
 * @param height in pixels
 */
public record PixelRect(int x, int y, int width, int height) {

    /** No pixel at all. */
    public static final PixelRect EMPTY = new PixelRect(0, 0, 0, 0);

    /**
     * A rectangle.
     *
     * @param x the leftmost column
     * @param y the topmost row
     * @param width in pixels, not negative
     * @param height in pixels, not negative
     * @throws IllegalArgumentException if the width or the height is negative
     */
    public PixelRect {
        if (width < 0 || height < 0) {
            throw new IllegalArgumentException("a rectangle of " + width + "x" + height + " pixels");
        }
    }

    /**
     * Whether there is no pixel in it.
     *
     * @return true if the width or the height is 0
     */
    public boolean isEmpty() {
        return width == 0 || height == 0;
    }

    /**
     * The smallest rectangle that covers both.
     *
     * @param other another rectangle
     * @return the bounding box; an empty rectangle adds nothing to it
     */
    public PixelRect union(PixelRect other) {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        int left = Math.min(x, other.x);
        int top = Math.min(y, other.y);
        int right = Math.max(x + width, other.x + other.width);
        int bottom = Math.max(y + height, other.y + other.height);
        return new PixelRect(left, top, right - left, bottom - top);
    }

    /**
     * Whether a pixel lies in it.
     *
     * @param pixelX column
     * @param pixelY row
     * @return true if it does
     */
    public boolean contains(int pixelX, int pixelY) {
        return pixelX >= x && pixelX < x + width && pixelY >= y && pixelY < y + height;
    }

    /**
     * Whether two rectangles have a pixel in common.
     *
     * @param other another rectangle
     * @return true if they do
     */
    public boolean intersects(PixelRect other) {
        return !isEmpty()
                && !other.isEmpty()
                && x < other.x + other.width
                && other.x < x + width
                && y < other.y + other.height
                && other.y < y + height;
    }

    /**
     * The pixels that a box of real coordinates touches, cut to a picture.
     *
     * @param left of the box
     * @param top of the box
     * @param right of the box
     * @param bottom of the box
     * @param pictureWidth in pixels
     * @param pictureHeight in pixels
     * @return the pixels, none if the box lies outside
     */
    public static PixelRect covering(
            double left, double top, double right, double bottom, int pictureWidth, int pictureHeight) {
        int x0 = (int) Math.max(0, Math.floor(left));
        int y0 = (int) Math.max(0, Math.floor(top));
        int x1 = (int) Math.min(pictureWidth, Math.ceil(right));
        int y1 = (int) Math.min(pictureHeight, Math.ceil(bottom));
        return x1 <= x0 || y1 <= y0 ? EMPTY : new PixelRect(x0, y0, x1 - x0, y1 - y0);
    }
}
