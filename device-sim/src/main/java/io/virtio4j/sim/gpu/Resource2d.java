// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Pixels in the device's own memory, rows without a gap, and the guest pages that they are filled from.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_2D.
 */
final class Resource2d extends GpuResource {
    private final SharedMemory pixels;
    private final int width;
    private final int height;
    private final GpuFormat format;

    Resource2d(SharedMemory pixels, int width, int height, GpuFormat format) {
        this.pixels = pixels;
        this.width = width;
        this.height = height;
        this.format = format;
    }

    @Override
    boolean isExportable() {
        return true;
    }

    @Override
    long hostBytes() {
        return pixels.lengthBytes();
    }

    /** Of any length: a transfer says how much it needs. */
    @Override
    boolean takesBacking(long lengthBytes) {
        return true;
    }

    int strideBytes() {
        return width * GpuFormat.BYTES_PER_PIXEL;
    }

    boolean covers(Rect rect) {
        return rect.isWithin(width, height);
    }

    /**
     * Fills a rectangle from a run of bytes whose rows lie as far apart as the resource's own.
     *
     * @return false, and nothing is copied, if the backing is too short
     */
    boolean transfer(Backing from, long offset, Rect rect) {
        if (rect.isEmpty()) {
            return true;
        }
        long stride = strideBytes();
        long rowBytes = rect.width * GpuFormat.BYTES_PER_PIXEL;
        long neededBytes = (rect.height - 1) * stride + rowBytes;
        if (offset < 0 || neededBytes > from.lengthBytes() - offset) {
            return false;
        }
        long at = rect.y * stride + rect.x * GpuFormat.BYTES_PER_PIXEL;
        from.copyRows(offset, stride, pixels, at, stride, rowBytes, rect.height);
        return true;
    }

    /** The rectangle in place; the caller has checked that it lies within. */
    PixelView view(Rect rect) {
        long offset = rect.y * strideBytes() + rect.x * GpuFormat.BYTES_PER_PIXEL;
        return new PixelView(pixels, offset, strideBytes(), (int) rect.width, (int) rect.height, format);
    }

    @Override
    @Nullable
    PixelView copyCursorImage(SharedMemory into) {
        if (width != Cursor.IMAGE_SIZE || height != Cursor.IMAGE_SIZE) {
            return null;
        }
        pixels.copyTo(0, into, 0, pixels.lengthBytes());
        return new PixelView(into, 0, strideBytes(), width, height, format);
    }
}
