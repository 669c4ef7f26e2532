// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import java.util.ArrayList;
import java.util.List;

/** What a viewer sees: takes over the rectangles of flushes, and nothing else. */
final class Screen implements Scanout {
    final List<String> events = new ArrayList<>();
    int[][] pixels = {};
    int flushes;

    /** Without a list entry for each flush, for runs of many frames. */
    boolean quiet;

    /** Throws at the next flush, as a window that is gone would. */
    boolean failing;

    private int[] row = {};

    @Override
    public void enabled(int scanoutId, PixelView view) {
        events.add("enabled " + scanoutId + " " + view.width() + "x" + view.height());
        pixels = new int[view.height()][view.width()];
        row = new int[view.width()];
    }

    @Override
    public void disabled(int scanoutId) {
        events.add("disabled " + scanoutId);
    }

    @Override
    public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
        if (failing) {
            throw new IllegalStateException("no window");
        }
        flushes++;
        if (!quiet) {
            events.add("flushed " + scanoutId + " " + width + "x" + height + " at " + x + "," + y);
        }
        for (int line = y; line < y + height; line++) {
            view.readPixels(x, line, row, 0, width);
            System.arraycopy(row, 0, pixels[line], x, width);
        }
    }

    @Override
    public void cursorUpdated(int scanoutId, PixelView image, int hotX, int hotY, int x, int y) {
        events.add("cursor " + scanoutId + " hot " + hotX + "," + hotY + " at " + x + "," + y);
    }

    @Override
    public void cursorMoved(int scanoutId, int x, int y) {
        events.add("cursor " + scanoutId + " to " + x + "," + y);
    }

    @Override
    public void cursorHidden(int scanoutId) {
        events.add("cursor " + scanoutId + " hidden");
    }
}
