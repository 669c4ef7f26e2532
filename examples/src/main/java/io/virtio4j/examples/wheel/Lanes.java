// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/**
 * A colour whose three channels have 8 free bits above each, so that one multiplication scales all of them: green, red and blue
 * from the top, 16 bits each.
 */
final class Lanes {

    private static final long CHANNELS = 0xFF00FF00FFL;

    private Lanes() {}

    static long spread(int colour) {
        return (colour & 0xFF00FF) | ((long) (colour & 0x00FF00) << 24);
    }

    static int gather(long lanes) {
        return Rgb.OPAQUE | (int) lanes | (int) (lanes >>> 24);
    }

    /** A colour between two others; {@code part} is 0 to 255 of 256. Borrows between the lanes cancel out in the sum. */
    static long between(long first, long second, int part) {
        return (((first << 8) + (second - first) * part) >>> 8) & CHANNELS;
    }

    /** A surface's colour in a light as {@link Light#pack} makes it; the two never add up to more than white. */
    static long lit(long colour, int light) {
        return (((colour * (light >>> 24)) >>> 8) & CHANNELS) + spread(light);
    }
}
