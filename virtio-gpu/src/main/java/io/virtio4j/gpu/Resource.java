// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuFormat;
import org.jspecify.annotations.Nullable;

/**
 * A handle on pixels that the device holds, made by {@link GpuDevice#createResource}. After {@link GpuDevice#unref} it can
 * not be used any more. Used by the thread of its device.
 */
public final class Resource {
    private final GpuDevice device;
    private final int id;
    private final GpuFormat format;
    private final int width;
    private final int height;
    private @Nullable Backing backing;
    private boolean usable = true;
    private boolean filled;

    Resource(GpuDevice device, int id, GpuFormat format, int width, int height) {
        this.device = device;
        this.id = id;
        this.format = format;
        this.width = width;
        this.height = height;
    }

    /** {@return the number by which the device knows it; not 0} */
    public int id() {
        return id;
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

    /**
     * {@return where a pixel lies in the backing, in bytes}
     *
     * @param x 0 up to the width
     * @param y 0 up to the height
     */
    public long backingOffset(int x, int y) {
        return y * strideBytes() + (long) x * GpuFormat.BYTES_PER_PIXEL;
    }

    boolean hasBacking() {
        return backing != null;
    }

    /** {@return whether something was transferred into it, so that it has contents to show} */
    boolean isFilled() {
        return filled;
    }

    void setFilled() {
        filled = true;
    }

    void attached(Backing newBacking) {
        backing = newBacking;
    }

    /** The device has let go of the backing. */
    void detached() {
        Backing old = backing;
        if (old != null) {
            old.unpin();
            backing = null;
        }
    }

    void retire() {
        usable = false;
    }

    void check(GpuDevice user) {
        if (user != device || !usable) {
            throw new IllegalStateException(
                    this + (user == device ? " was given back with unref" : " belongs to another device"));
        }
    }

    void checkRect(int x, int y, int w, int h) {
        // As longs: the sum of two ints may not fit into a third.
        if ((x | y | w | h) < 0 || (long) x + w > width || (long) y + h > height) {
            throw new IllegalArgumentException(
                    "a rectangle of " + w + "x" + h + " at " + x + ", " + y + " does not lie within " + this);
        }
    }

    /** Checks that a transfer finds all of its bytes. The rectangle has been checked. */
    void checkBacking(int w, int h, long offset) {
        Backing from = backing;
        if (from == null) {
            throw new IllegalStateException(this + " has no backing to transfer from");
        }
        long neededBytes = w == 0 || h == 0 ? 0 : (h - 1) * strideBytes() + (long) w * GpuFormat.BYTES_PER_PIXEL;
        if (offset < 0 || neededBytes > from.lengthBytes() - offset) {
            throw new IllegalArgumentException("a rectangle of " + w + "x" + h + " needs " + neededBytes
                    + " bytes from offset " + offset + " of " + from);
        }
    }

    @Override
    public String toString() {
        return "Resource[" + id + ", " + width + "x" + height + " " + format + "]";
    }
}
