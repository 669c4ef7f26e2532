// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.device.DisplaySource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Displays that can be plugged, unplugged and resized while the device runs. Any thread may do so. */
public final class SimDisplays implements DisplaySource {
    private final AtomicReferenceArray<DisplayMode> modes;
    private final AtomicLong version = new AtomicLong();
    private volatile Runnable changed = () -> {};

    /**
     * Makes displays that are all unplugged.
     *
     * @param count how many, 1..16
     */
    public SimDisplays(int count) {
        modes = new AtomicReferenceArray<>(count);
        for (int i = 0; i < count; i++) {
            modes.set(i, DisplayMode.DISABLED);
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
        modes.set(scanoutId, mode);
        version.incrementAndGet();
        changed.run();
    }
}
