// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

/**
 * A rectangle of a request: four unsigned 32-bit numbers, kept as longs so that no sum of two of them overflows. One
 * object serves all requests.
 */
final class Rect {
    long x;
    long y;
    long width;
    long height;

    boolean isEmpty() {
        return width == 0 || height == 0;
    }

    boolean isWithin(long outerWidth, long outerHeight) {
        return x + width <= outerWidth && y + height <= outerHeight;
    }
}
