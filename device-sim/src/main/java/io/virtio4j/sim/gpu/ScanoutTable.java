// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import org.jspecify.annotations.Nullable;

/**
 * Which scanout shows which part of which resource. Several may show the same one.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT and RESOURCE_FLUSH.
 */
final class ScanoutTable {
    private final Scanout display;
    private final @Nullable Shown[] shown;

    /** A rectangle of a resource, in place. */
    private record Shown(Resource2d resource, long left, long top, PixelView view) {}

    ScanoutTable(int count, Scanout display) {
        this.display = display;
        this.shown = new Shown[count];
    }

    int count() {
        return shown.length;
    }

    /** Shows a rectangle that lies within the resource. */
    void show(int scanoutId, Resource2d resource, Rect rect) {
        PixelView view = resource.view(rect);
        shown[scanoutId] = new Shown(resource, rect.x, rect.y, view);
        display.enabled(scanoutId, view);
    }

    void turnOff(int scanoutId) {
        if (shown[scanoutId] != null) {
            shown[scanoutId] = null;
            display.disabled(scanoutId);
        }
    }

    /** Turns off every scanout that shows a resource. */
    void release(Resource2d resource) {
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

    /** Tells the display of a rectangle that lies within the resource, wherever some of it is shown. */
    void flush(Resource2d resource, Rect rect) {
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
            display.flushed(scanoutId, view, (int) left, (int) top, (int) (right - left), (int) (bottom - top));
        }
    }
}
