// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/**
 * The wheel cut from its middle to its outer edge: where one part ends and the next begins, how steep the surface is there and
 * how it shines. All radii are fractions of the outer radius. The profile is the same all around, so the light that falls on it
 * does not turn with the rotor.
 */
final class WheelProfile {

    static final double RIM = 0.908;
    static final double INLAY = 0.892;
    static final double TRACK = 0.825;
    static final double APRON = 0.702;
    /** Where the rotor ends, in the middle of the gold ring around it. */
    static final double ROTOR = 0.694;

    static final double NUMBERS = 0.686;
    static final double INNER_NUMBERS = 0.580;
    static final double POCKETS = 0.572;
    static final double INNER_POCKETS = 0.452;
    static final double CONE = 0.436;
    static final double COLLAR = 0.150;
    static final double HUB = 0.130;

    private static final double[] EDGES = {
        RIM, INLAY, TRACK, APRON, NUMBERS, INNER_NUMBERS, POCKETS, INNER_POCKETS, CONE, COLLAR, HUB
    };

    private WheelProfile() {}

    /** How far a radius is from the next edge between two parts. */
    static double distanceToEdge(double radius) {
        double nearest = Double.MAX_VALUE;
        for (double edge : EDGES) {
            nearest = Math.min(nearest, Math.abs(radius - edge));
        }
        return nearest;
    }

    /** Whether the part at a radius is made of gold. */
    static boolean isGold(double radius) {
        return radius < COLLAR
                || between(radius, INNER_POCKETS, CONE)
                || between(radius, INNER_NUMBERS, POCKETS)
                || between(radius, APRON, NUMBERS)
                || between(radius, RIM, INLAY);
    }

    /** How much the surface rises outwards per unit of radius. */
    static double slope(double radius) {
        if (radius > RIM) {
            return -1.5 * across(radius, RIM, 1);
        }
        if (radius > INLAY) {
            return ridge(radius, INLAY, RIM);
        }
        if (radius > TRACK) {
            double up = (radius - TRACK) / (INLAY - TRACK);
            return 0.30 + 0.95 * up * up;
        }
        if (radius > APRON) {
            return 0.30;
        }
        if (radius > NUMBERS) {
            return ridge(radius, NUMBERS, APRON);
        }
        if (radius > INNER_NUMBERS) {
            return 0.16;
        }
        if (radius > POCKETS) {
            return ridge(radius, POCKETS, INNER_NUMBERS);
        }
        if (radius > INNER_POCKETS) {
            return 0.35 * across(radius, INNER_POCKETS, POCKETS);
        }
        if (radius > CONE) {
            return ridge(radius, CONE, INNER_POCKETS);
        }
        if (radius > COLLAR) {
            double up = (CONE - radius) / (CONE - COLLAR);
            return -0.30 - 0.35 * up * up;
        }
        if (radius > HUB) {
            return ridge(radius, HUB, COLLAR);
        }
        double part = radius / HUB;
        return -0.95 * part / Math.sqrt(1.12 - part * part);
    }

    /** How strongly a part mirrors the lamp, 0 to 1. */
    static double gloss(double radius) {
        if (isGold(radius)) {
            return 0.85;
        }
        if (radius > APRON) {
            return 0.42;
        }
        if (radius > INNER_NUMBERS) {
            return 0.30;
        }
        if (radius > INNER_POCKETS) {
            return 0.12;
        }
        return 0.38;
    }

    /** How much of the light from all around reaches a part: less in a corner than on a ridge. */
    static double openness(double radius) {
        double open = 1;
        open -= 0.40 * fade(radius, INLAY, -0.05);
        open -= 0.25 * fade(radius, APRON, 0.035);
        open -= 0.30 * fade(radius, NUMBERS, -0.02);
        if (between(radius, INNER_POCKETS, POCKETS)) {
            open -= 0.22 + 0.40 * fade(radius, POCKETS, -0.03) + 0.22 * fade(radius, INNER_POCKETS, 0.03);
        }
        open -= 0.35 * fade(radius, CONE, -0.035);
        open -= 0.35 * fade(radius, COLLAR, 0.05);
        return open;
    }

    /** 1 at an edge, falling to 0 over a width; a negative width looks inwards. */
    private static double fade(double radius, double edge, double width) {
        double part = (radius - edge) / width;
        if (part < 0 || part > 1) {
            return 0;
        }
        return (1 - part) * (1 - part);
    }

    /** The slope of a half round ridge between two radii. */
    private static double ridge(double radius, double inner, double outer) {
        double part = across(radius, inner, outer);
        return -1.3 * part / Math.sqrt(1.25 - part * part);
    }

    /** -1 at the inner radius, 1 at the outer one. */
    private static double across(double radius, double inner, double outer) {
        return 2 * (radius - inner) / (outer - inner) - 1;
    }

    private static boolean between(double radius, double low, double high) {
        return radius > Math.min(low, high) && radius <= Math.max(low, high);
    }
}
