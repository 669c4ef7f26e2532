// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuFormat;

/**
 * A handle on pixels that the device holds, made by {@link GpuDevice#createResource}. They are filled by transfers from a
 * backing. After {@link GpuDevice#unref} it can not be used any more. Used by the thread of its device.
 */
public final class Resource extends GpuResource {
    private final GpuFormat format;
    private final int width;
    private final int height;
    private boolean filled;
    private boolean overlapping;

    Resource(Object owner, int id, GpuFormat format, int width, int height) {
        super(owner, id);
        this.format = format;
        this.width = width;
        this.height = height;
    }

    /** {@return what a pixel's four bytes mean} */
    public GpuFormat format() {
        return format;
    }

    /** {@return the width in pixels} */
    public int width() {
        return width;
    }

    /** {@return the height in pixels} */
    public int height() {
        return height;
    }

    /** {@return the bytes from one row to the next, in the backing too} */
    public long strideBytes() {
        return (long) width * GpuFormat.BYTES_PER_PIXEL;
    }

    @Override
    public long lengthBytes() {
        return height * strideBytes();
    }

    /**
     * {@return where a pixel lies in the backing, in bytes}
     *
     * @param x 0 up to the width
     * @param y 0 up to the height
     */
    public long backingOffset(int x, int y) {
        return y * strideBytes() + (long) x * GpuFormat.BYTES_PER_PIXEL;
    }

    /** {@return whether something was transferred into it, so that it has contents to show} */
    boolean isFilled() {
        return filled;
    }

    void setFilled() {
        filled = true;
    }

    /** {@return whether frames of it may be in flight while other commands are sent} */
    boolean isOverlapping() {
        return overlapping;
    }

    void setOverlapping() {
        overlapping = true;
    }

    @Override
    void checkRect(int x, int y, int w, int h) {
        checkRect(x, y, w, h, width, height);
    }

    /** Checks that a transfer finds all of its bytes. The rectangle has been checked. */
    void checkBacking(int w, int h, long offset) {
        Backing from = backing();
        if (from == null) {
            throw new IllegalStateException(this + " has no backing to transfer from");
        }
        long neededBytes = spanBytes(w, h, strideBytes());
        if (offset < 0 || neededBytes > from.lengthBytes() - offset) {
            throw new IllegalArgumentException("a rectangle of " + w + "x" + h + " needs " + neededBytes
                    + " bytes from offset " + offset + " of " + from);
        }
    }

    @Override
    public String toString() {
        return "Resource[" + id() + ", " + width + "x" + height + " " + format + "]";
    }
}
