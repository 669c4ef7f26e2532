// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * What a GPU device shows its scanouts on: a window, a recording, a display socket. The cursor comes apart from the pixels;
 * {@link CursorOverlay} draws it onto them for those who want them together.
 *
 * <p>All methods are called on the device's thread and hold up the driver's command until they return. Origin is the top
 * left, x grows to the right, y downwards; positions count from the scanout's own corner, not the resource's. An
 * exception is a mistake of the display and puts the device into DEVICE_NEEDS_RESET.
 *
 * <p>VirtIO 1.2, 5.7.6 Device Operation.
 */
public interface Scanout {
    /**
     * A scanout now shows other pixels: another resource, another part of it, or it was off. Their contents are shown
     * by the next {@link #flushed}.
     *
     * @param scanoutId which scanout
     * @param view what it shows
     */
    default void enabled(int scanoutId, PixelView view) {}

    /**
     * A scanout was turned off: by the driver, or because its resource was destroyed, or by a reset.
     *
     * @param scanoutId which scanout
     */
    default void disabled(int scanoutId) {}

    /**
     * The driver wants a rectangle seen.
     *
     * @param scanoutId which scanout
     * @param view all that it shows; to be read during this call
     * @param x left edge of the rectangle, within the view
     * @param y top edge
     * @param width at least 1
     * @param height at least 1
     */
    void flushed(int scanoutId, PixelView view, int x, int y, int width, int height);

    /**
     * The cursor has another image.
     *
     * @param scanoutId which scanout
     * @param image 64 by 64 pixels, to be read during this call
     * @param hotX hot spot within the image, as the driver gave it: may lie outside
     * @param hotY hot spot within the image
     * @param x position, which may lie outside the scanout
     * @param y position
     */
    default void cursorUpdated(int scanoutId, PixelView image, int hotX, int hotY, int x, int y) {}

    /**
     * The cursor keeps its image, or its absence, and moves.
     *
     * @param scanoutId which scanout
     * @param x position, which may lie outside the scanout
     * @param y position
     */
    default void cursorMoved(int scanoutId, int x, int y) {}

    /**
     * The cursor has no image any more: the driver has hidden it, or a reset.
     *
     * @param scanoutId which scanout
     */
    default void cursorHidden(int scanoutId) {}
}
