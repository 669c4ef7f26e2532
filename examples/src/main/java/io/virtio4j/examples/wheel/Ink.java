// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** What a shape is filled with: a colour, 0xAARRGGBB, for each point and its distance from the edge. */
@FunctionalInterface
interface Ink {

    int at(double x, double y, double distance);

    static Ink of(int colour) {
        return (x, y, distance) -> colour;
    }

    /** From one colour at the top to another at the bottom; both opaque. */
    static Ink vertical(double top, double bottom, int upper, int lower) {
        return (x, y, distance) -> Rgb.mix(upper, lower, (y - top) / (bottom - top));
    }
}
