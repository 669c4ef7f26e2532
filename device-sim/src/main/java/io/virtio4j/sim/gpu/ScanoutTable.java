// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;
import org.jspecify.annotations.Nullable;

/**
 * Which scanout shows which part of which resource. Several may show the same one.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT, SET_SCANOUT_BLOB and RESOURCE_FLUSH.
 */
final class ScanoutTable {
    private final Scanout display;
    private final ResourceTable resources;
    private final @Nullable Shown[] shown;

    /** A rectangle of a resource, in place; or, of a blob whose pages are scattered, gathered. */
    private record Shown(
            GpuResource resource,
            long left,
            long top,
            PixelView view,
            @Nullable BlobGather gather) {}

    ScanoutTable(int count, Scanout display, ResourceTable resources) {
        this.display = display;
        this.resources = resources;
        this.shown = new Shown[count];
    }

    int count() {
        return shown.length;
    }

    /** Shows a rectangle that lies within the resource. */
    void show(int scanoutId, Resource2d resource, Rect rect) {
        replace(scanoutId, new Shown(resource, rect.x, rect.y, resource.view(rect), null));
    }

    /**
     * Shows a rectangle that lies within the picture, and the picture within the blob.
     *
     * @return false, and nothing changes, if the pages lie scattered and the host has no memory to gather them
     */
    boolean show(int scanoutId, BlobResource blob, Backing pages, BlobPicture picture, Rect rect) {
        long offset = picture.offsetOf(rect);
        long stride = picture.strideBytes();
        int piece = pages.pieceOfWhole(offset, (rect.height - 1) * stride + rect.width * GpuFormat.BYTES_PER_PIXEL);
        if (piece >= 0) {
            PixelView view = new PixelView(
                    pages.region(piece),
                    pages.regionOffset(piece, offset),
                    (int) stride,
                    (int) rect.width,
                    (int) rect.height,
                    picture.format());
            replace(scanoutId, new Shown(blob, rect.x, rect.y, view, null));
            return true;
        }
        SharedMemory copy = resources.borrow(BlobGather.bytes(rect));
        if (copy == null) {
            return false;
        }
        BlobGather gather = new BlobGather(pages, offset, stride, copy, rect, picture.format());
        replace(scanoutId, new Shown(blob, rect.x, rect.y, gather.view(), gather));
        return true;
    }

    private void replace(int scanoutId, @Nullable Shown next) {
        Shown last = shown[scanoutId];
        if (last != null && last.gather != null) {
            resources.giveBack(last.gather.view().memory());
        }
        shown[scanoutId] = next;
        if (next != null) {
            display.enabled(scanoutId, next.view);
        } else if (last != null) {
            display.disabled(scanoutId);
        }
    }

    void turnOff(int scanoutId) {
        replace(scanoutId, null);
    }

    /** Turns off every scanout that shows a resource. */
    void release(GpuResource resource) {
        for (int i = 0; i < shown.length; i++) {
            Shown part = shown[i];
            if (part != null && part.resource == resource) {
                turnOff(i);
            }
        }
    }

    void turnAllOff() {
        for (int i = 0; i < shown.length; i++) {
            turnOff(i);
        }
    }

    /** Tells the display of a rectangle of the resource, wherever some of it is shown. */
    void flush(GpuResource resource, Rect rect) {
        for (int i = 0; i < shown.length; i++) {
            Shown part = shown[i];
            if (part != null && part.resource == resource) {
                flush(i, part, rect);
            }
        }
    }

    private void flush(int scanoutId, Shown part, Rect rect) {
        PixelView view = part.view;
        long left = Math.max(rect.x - part.left, 0);
        long top = Math.max(rect.y - part.top, 0);
        long right = Math.min(rect.x + rect.width - part.left, view.width());
        long bottom = Math.min(rect.y + rect.height - part.top, view.height());
        if (left < right && top < bottom) {
            int width = (int) (right - left);
            int height = (int) (bottom - top);
            if (part.gather != null) {
                part.gather.fetch((int) left, (int) top, width, height);
            }
            display.flushed(scanoutId, view, (int) left, (int) top, width, height);
        }
    }
}
