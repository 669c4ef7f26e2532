// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;

/** A small picture with transparency that is laid over the large one. Colours 0xAARRGGBB, alpha not multiplied in. */
final class Sprite {

    private final PixelRect area;
    private final int[] colours;

    Sprite(PixelRect area, int[] colours) {
        this.area = area;
        this.colours = colours;
    }

    /** Where it lies in the large picture. */
    PixelRect area() {
        return area;
    }

    /** Its colours, row by row. */
    int[] colours() {
        return colours;
    }

    /** Lays the sprite over opaque pixels; {@code opacity} is 0 to 1. */
    void paint(int[] pixels, int stride, double opacity) {
        int strength = (int) (opacity * 256 + 0.5);
        if (strength == 0) {
            return;
        }
        for (int row = 0; row < area.height(); row++) {
            int to = (area.y() + row) * stride + area.x();
            int from = row * area.width();
            for (int column = 0; column < area.width(); column++) {
                int colour = colours[from + column];
                int alpha = colour >>> 24;
                if (alpha != 0) {
                    int alpha256 = ((alpha + (alpha >> 7)) * strength) >> 8;
                    pixels[to + column] = Rgb.over(pixels[to + column], colour, alpha256);
                }
            }
        }
    }
}
