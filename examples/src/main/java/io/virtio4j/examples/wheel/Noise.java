// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/** Value noise from an integer hash: the grain of wood and the nap of felt, the same on every machine. */
final class Noise {

    private Noise() {}

    /** A number in [0, 1) that belongs to a point of the lattice. */
    static double at(int x, int y) {
        int hash = (x * 0x27D4EB2D) ^ (y * 0x165667B1);
        hash = (hash ^ (hash >>> 15)) * 0x85EBCA6B;
        hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
        hash ^= hash >>> 16;
        return (hash >>> 8) * 0x1p-24;
    }

    /** Smooth noise in [0, 1); it repeats in {@code y} after {@code period} so that it can go round a circle. */
    static double smooth(double x, double y, int period) {
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        double fx = ease(x - x0);
        double fy = ease(y - y0);
        int low = Math.floorMod(y0, period);
        int high = Math.floorMod(y0 + 1, period);
        double left = at(x0, low) + (at(x0, high) - at(x0, low)) * fy;
        double right = at(x0 + 1, low) + (at(x0 + 1, high) - at(x0 + 1, low)) * fy;
        return left + (right - left) * fx;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }
}
