// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;

/**
 * A rectangle of pixels in the device's own memory, or where the driver keeps them if it is of a blob, for whoever shows
 * them. Nothing is copied to make one.
 *
 * <pre>
 *   offsetBytes -&gt; +--- width pixels ---+ . . . . +     rows lie strideBytes apart
 *                  |                    |
 *                  |   height rows      |
 *                  +--------------------+ . . . . +
 * </pre>
 *
 * <p>The pixels are the driver's to change with its next command, so they are read during the call that handed the view
 * out, on the device's thread; whoever needs them longer copies them.
 *
 * @param memory where they lie; to be read only
 * @param offsetBytes of the first pixel of the first row
 * @param strideBytes from one row to the next
 * @param width in pixels
 * @param height in rows
 * @param format what a pixel's four bytes mean
 */
public record PixelView(
        SharedMemory memory, long offsetBytes, int strideBytes, int width, int height, GpuFormat format) {
    private static final int OPAQUE = 0xFF00_0000;
    private static final int CHANNEL = 0xFF;

    /**
     * {@return where a pixel lies in {@link #memory()}}
     *
     * @param x 0 up to the width
     * @param y 0 up to the height
     * @throws IndexOutOfBoundsException if there is no such pixel
     */
    public long offsetBytes(int x, int y) {
        checkRow(x, y, 1);
        return offsetOf(x, y);
    }

    private long offsetOf(int x, int y) {
        return offsetBytes + (long) y * strideBytes + (long) x * GpuFormat.BYTES_PER_PIXEL;
    }

    /**
     * Copies pixels of one row as they are: four bytes each, the first in the low bits.
     *
     * @param x first pixel
     * @param y which row
     * @param destination where to
     * @param destinationIndex first element there
     * @param count how many pixels
     * @throws IndexOutOfBoundsException if the row or the array is shorter
     */
    public void readPixels(int x, int y, int[] destination, int destinationIndex, int count) {
        checkRow(x, y, count);
        memory.getLe32s(offsetOf(x, y), destination, destinationIndex, count);
    }

    /**
     * Copies pixels of one row as 0xAARRGGBB, whatever the format; a format without alpha is opaque.
     *
     * @param x first pixel
     * @param y which row
     * @param destination where to
     * @param destinationIndex first element there
     * @param count how many pixels
     * @throws IndexOutOfBoundsException if the row or the array is shorter
     */
    public void readArgb(int x, int y, int[] destination, int destinationIndex, int count) {
        readPixels(x, y, destination, destinationIndex, count);
        if (format == GpuFormat.B8G8R8A8) {
            return;
        }
        for (int i = destinationIndex; i < destinationIndex + count; i++) {
            destination[i] = toArgb(destination[i]);
        }
    }

    private int toArgb(int pixel) {
        int colour = ((pixel >>> format.redShift()) & CHANNEL) << 16
                | ((pixel >>> format.greenShift()) & CHANNEL) << 8
                | ((pixel >>> format.blueShift()) & CHANNEL);
        return format.alphaShift() == GpuFormat.NO_ALPHA
                ? OPAQUE | colour
                : ((pixel >>> format.alphaShift()) & CHANNEL) << 24 | colour;
    }

    private void checkRow(int x, int y, int count) {
        if (y < 0 || y >= height || (x | count) < 0 || (long) x + count > width) {
            throw new IndexOutOfBoundsException(
                    count + " pixels from " + x + ", " + y + " of a rectangle of " + width + "x" + height);
        }
    }
}
