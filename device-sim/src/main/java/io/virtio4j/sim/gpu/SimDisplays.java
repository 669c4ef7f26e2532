// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.device.DisplaySource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Displays that can be plugged, unplugged and resized while the device runs. Any thread may do so. */
public final class SimDisplays implements DisplaySource {
    private final AtomicReferenceArray<DisplayMode> modes;

    /** By display: how it was when it was there last, and so where it stands. */
    private final DisplayMode[] lastEnabled;

    private final AtomicLong version = new AtomicLong();
    private volatile Runnable changed = () -> {};

    /**
     * Makes displays that are all unplugged.
     *
     * @param count how many, 1..16
     */
    public SimDisplays(int count) {
        modes = new AtomicReferenceArray<>(count);
        lastEnabled = new DisplayMode[count];
        for (int i = 0; i < count; i++) {
            modes.set(i, DisplayMode.DISABLED);
            lastEnabled[i] = DisplayMode.DISABLED;
        }
    }

    @Override
    public int count() {
        return modes.length();
    }

    @Override
    public DisplayMode mode(int scanoutId) {
        return modes.get(scanoutId);
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public void onChange(Runnable newChanged) {
        changed = newChanged;
    }

    /**
     * Changes a display; the device raises the DISPLAY event.
     *
     * @param scanoutId which one
     * @param mode what it would like to be driven with from now on
     * @throws IndexOutOfBoundsException if there is no such display
     */
    public void change(int scanoutId, DisplayMode mode) {
        store(scanoutId, mode);
        changed.run();
    }

    /** Under a lock, so that two threads that change the same display do not lose what one of them said. */
    private synchronized void store(int scanoutId, DisplayMode mode) {
        modes.set(scanoutId, mode);
        if (mode.enabled()) {
            lastEnabled[scanoutId] = mode;
        }
        version.incrementAndGet();
    }

    private synchronized void storeSize(int scanoutId, int width, int height) {
        DisplayMode last = lastEnabled[scanoutId];
        store(scanoutId, new DisplayMode(true, last.x(), last.y(), width, height));
    }

    /**
     * Plugs a display in, or gives one that is plugged in another size; it stands where it stood when it was plugged in last.
     *
     * @param scanoutId which one
     * @param width preferred width in pixels, at least 1
     * @param height preferred height, at least 1
     * @throws IndexOutOfBoundsException if there is no such display
     */
    public void plug(int scanoutId, int width, int height) {
        storeSize(scanoutId, width, height);
        changed.run();
    }

    /**
     * Takes a display away. What the driver shows there is the driver's to turn off.
     *
     * @param scanoutId which one
     * @throws IndexOutOfBoundsException if there is no such display
     */
    public void unplug(int scanoutId) {
        change(scanoutId, DisplayMode.DISABLED);
    }
}
