// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import org.jspecify.annotations.Nullable;

/**
 * What the device shows, for whoever drives it to look at between two frames.
 *
 * <p>The device's thread only notes where the pixels are. They are read by the driver's thread after the flush has
 * completed and before the next command is offered: in between nothing changes them, and the completion's fences (B, B')
 * order the device's stores before these loads. So the check costs the frame path nothing.
 */
final class ScanoutTap implements Scanout {
    private final Audience audience;
    private @Nullable PixelView flushed;
    private int flushes;

    /** Nobody but the caller of {@link #read} sees it. */
    ScanoutTap() {
        this(Audience.NOBODY);
    }

    /**
     * For a run that is watched.
     *
     * @param audience sees all that is read
     */
    ScanoutTap(Audience audience) {
        this.audience = audience;
    }

    @Override
    public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
        flushed = view;
        flushes++;
    }

    /** How often a flush has reached the scanout. */
    int flushes() {
        return flushes;
    }

    /** Reads all that is shown, as 0xAARRGGBB; false if nothing is, or not at this size. */
    boolean read(int[] pixels, FrameSize size) {
        PixelView view = flushed;
        if (view == null || view.width() != size.width() || view.height() != size.height()) {
            return false;
        }
        for (int y = 0; y < size.height(); y++) {
            view.readArgb(0, y, pixels, y * size.width(), size.width());
        }
        audience.shown(pixels);
        return true;
    }
}
