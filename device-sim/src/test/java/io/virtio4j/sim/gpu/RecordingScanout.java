// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a device shows. */
final class RecordingScanout implements Scanout {
    record Flush(int scanoutId, int x, int y, int width, int height) {}

    final List<Flush> flushes = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    int[][] lastPixels = {};
    int[][] cursorPixels = {};

    static int[][] pixels(PixelView view) {
        int[][] rows = new int[view.height()][view.width()];
        for (int y = 0; y < rows.length; y++) {
            view.readPixels(0, y, rows[y], 0, view.width());
        }
        return rows;
    }

    @Override
    public void enabled(int scanoutId, PixelView view) {
        events.add("enabled " + scanoutId + " " + view.width() + "x" + view.height() + " " + view.format());
    }

    @Override
    public void disabled(int scanoutId) {
        events.add("disabled " + scanoutId);
    }

    @Override
    public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
        flushes.add(new Flush(scanoutId, x, y, width, height));
        lastPixels = pixels(view);
    }

    @Override
    public void cursorUpdated(int scanoutId, PixelView image, int hotX, int hotY, int x, int y) {
        cursorPixels = pixels(image);
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
