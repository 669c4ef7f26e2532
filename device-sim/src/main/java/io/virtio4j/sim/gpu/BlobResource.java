// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the guest's memory that get a meaning as pixels where they are shown. The device has no copy: what the driver
 * writes is there.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_BLOB.
 */
final class BlobResource extends GpuResource {
    private static final int CURSOR_STRIDE_BYTES = Cursor.IMAGE_SIZE * GpuFormat.BYTES_PER_PIXEL;
    private static final int CURSOR_BYTES = Cursor.IMAGE_SIZE * CURSOR_STRIDE_BYTES;

    private final long sizeBytes;
    private final int flags;

    BlobResource(long sizeBytes, int flags) {
        this.sizeBytes = sizeBytes;
        this.flags = flags;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    boolean isExportable() {
        return (flags & GpuBlobLayout.FLAG_USE_CROSS_DEVICE) != 0;
    }

    @Override
    long hostBytes() {
        return 0;
    }

    @Override
    boolean takesBacking(long lengthBytes) {
        return lengthBytes >= sizeBytes;
    }

    /** A blob has no format of its own; cursors are in the format that the drivers in use give them. */
    @Override
    @Nullable
    PixelView copyCursorImage(SharedMemory into) {
        Backing pages = backing();
        if (pages == null || sizeBytes < CURSOR_BYTES) {
            return null;
        }
        pages.copyRows(0, CURSOR_BYTES, into, 0, CURSOR_BYTES, CURSOR_BYTES, 1);
        return new PixelView(into, 0, CURSOR_STRIDE_BYTES, Cursor.IMAGE_SIZE, Cursor.IMAGE_SIZE, GpuFormat.B8G8R8A8);
    }
}
