// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;

/**
 * The shown part of a blob whose pages do not lie in a row: a copy, made of what is flushed. A blob whose pages do is shown
 * in place.
 */
final class BlobGather {
    private final Backing pages;
    private final long offsetBytes;
    private final long pagesStrideBytes;
    private final PixelView view;

    /**
     * Makes a copy with nothing in it yet.
     *
     * @param pages the blob's
     * @param offsetBytes where in the blob the first pixel of the part lies
     * @param pagesStrideBytes from one row to the next, in the blob
     * @param copy zeros, as many as the part has bytes
     * @param rect the part; its size is of use here
     * @param format what a pixel's four bytes mean
     */
    BlobGather(Backing pages, long offsetBytes, long pagesStrideBytes, SharedMemory copy, Rect rect, GpuFormat format) {
        this.pages = pages;
        this.offsetBytes = offsetBytes;
        this.pagesStrideBytes = pagesStrideBytes;
        int strideBytes = (int) (rect.width * GpuFormat.BYTES_PER_PIXEL);
        this.view = new PixelView(copy, 0, strideBytes, (int) rect.width, (int) rect.height, format);
    }

    static long bytes(Rect rect) {
        return rect.width * GpuFormat.BYTES_PER_PIXEL * rect.height;
    }

    PixelView view() {
        return view;
    }

    /** Fetches a rectangle of the part. */
    void fetch(int x, int y, int width, int height) {
        long columnBytes = (long) x * GpuFormat.BYTES_PER_PIXEL;
        pages.copyRows(
                offsetBytes + y * pagesStrideBytes + columnBytes,
                pagesStrideBytes,
                view.memory(),
                (long) y * view.strideBytes() + columnBytes,
                view.strideBytes(),
                (long) width * GpuFormat.BYTES_PER_PIXEL,
                height);
    }
}
