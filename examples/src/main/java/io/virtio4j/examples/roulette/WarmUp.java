// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.gpu.Damage;
import io.virtio4j.gpu.GpuDevice;
import io.virtio4j.gpu.Resource;
import java.util.concurrent.TimeUnit;

/**
 * Frames of one pixel before the first one that counts, so that what is timed is the path of a program that has run for a
 * while.
 *
 * <p>A frame is two commands, and a method is interpreted for its first few hundred calls: without this the first hundreds of
 * frames would be timed as the interpreter walks them, with every cache cold after millions of pixels.
 */
final class WarmUp {
    private static final int FRAMES = 20_000;
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private WarmUp() {}

    static void run(GpuDevice gpu, Resource screen, Damage damage) {
        damage.clear();
        damage.add(0, 0, 1, 1);
        long start = System.nanoTime();
        for (int i = 0; i < FRAMES && System.nanoTime() - start < LIMIT_NANOS; i++) {
            gpu.frame(screen, damage);
        }
    }
}
