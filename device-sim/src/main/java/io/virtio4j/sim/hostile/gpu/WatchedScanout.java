// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.wire.GpuConfigLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A display of a device in this process that keeps what a viewer has seen. One thread, which is the device's and the case's.
 */
public final class WatchedScanout implements Scanout, GpuWitness {
    private static final int[] OFF = {};

    private final int[][] screens = new int[GpuConfigLayout.MAX_SCANOUTS][];
    private final long hostBytes;
    private final int resources;

    /**
     * Makes a display.
     *
     * @param hostBytes how many bytes the device's resources together may take
     * @param resources how many there may be
     */
    public WatchedScanout(long hostBytes, int resources) {
        this.hostBytes = hostBytes;
        this.resources = resources;
        Arrays.fill(screens, OFF);
    }

    @Override
    public void enabled(int scanoutId, PixelView view) {
        screens[scanoutId] = new int[view.width() * view.height()];
    }

    @Override
    public void disabled(int scanoutId) {
        screens[scanoutId] = OFF;
    }

    @Override
    public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
        for (int row = y; row < y + height; row++) {
            view.readPixels(x, row, screens[scanoutId], row * view.width() + x, width);
        }
    }

    @Override
    public Optional<int[]> pixels(int scanoutId) {
        return Optional.of(screens[scanoutId].clone());
    }

    @Override
    public OptionalLong hostBytes() {
        return OptionalLong.of(hostBytes);
    }

    @Override
    public OptionalInt resources() {
        return OptionalInt.of(resources);
    }
}
