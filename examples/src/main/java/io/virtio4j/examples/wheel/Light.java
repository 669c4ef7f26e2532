// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/**
 * The light on the wheel, from a lamp at the upper left. The answer for a point packs what the rotor's pixels need in each
 * frame: the top byte is how much of the surface's own colour is seen, the rest is the reflection of the lamp to be added. The sum
 * never exceeds white, so that it can be formed on packed colours without a carry.
 */
final class Light {

    // Towards the lamp, and half way between the lamp and the viewer; both of length 1. The y axis points down.
    private static final double LAMP_X = -0.46;
    private static final double LAMP_Y = -0.60;
    private static final double LAMP_Z = Math.sqrt(1 - LAMP_X * LAMP_X - LAMP_Y * LAMP_Y);
    private static final double HALF_NORM = Math.sqrt(2 + 2 * LAMP_Z);

    /** The lamp is set so bright that a surface facing it this much is seen in its full colour. */
    private static final double FACING = 0.80;

    private static final double AMBIENT = 0.34;
    private static final int LAMP_COLOUR = 0xFFF2DC;

    private Light() {}

    /** How much light falls on a surface that faces (x, y, z), a vector of length 1: about 1 when it faces the lamp. */
    static double diffuse(double x, double y, double z) {
        return Math.max(0, x * LAMP_X + y * LAMP_Y + z * LAMP_Z);
    }

    /** How much of the lamp a surface mirrors to the viewer. */
    static double specular(double x, double y, double z, int sharpness) {
        double half = Math.max(0, (x * LAMP_X + y * LAMP_Y + z * (LAMP_Z + 1)) / HALF_NORM);
        double answer = half;
        for (int power = 1; power < sharpness; power *= 2) {
            answer *= answer;
        }
        return answer;
    }

    /**
     * The light on the wheel at a point.
     *
     * @param x from the wheel's centre, as a fraction of its outer radius
     * @param y the same downwards
     */
    static int onWheel(double x, double y) {
        double radius = DistanceField.length(x, y);
        double slope = WheelProfile.slope(radius);
        double norm = Math.sqrt(1 + slope * slope);
        double nx = radius == 0 ? 0 : -slope * x / (radius * norm);
        double ny = radius == 0 ? 0 : -slope * y / (radius * norm);
        double nz = 1 / norm;
        boolean gold = WheelProfile.isGold(radius);
        double ambient = gold ? 0.22 : AMBIENT;
        double lit = (ambient + (1 - ambient) * Math.min(1.1, diffuse(nx, ny, nz) / (gold ? 0.98 : FACING)))
                * WheelProfile.openness(radius);
        double gloss = WheelProfile.gloss(radius);
        double shine = gloss
                * (0.85 * specular(nx, ny, nz, gold ? 16 : 64) + 0.10 * specular(-nx, -ny, nz, 16) * (gold ? 1 : 0));
        return pack(lit, shine);
    }

    /** Light as one word: the part of the surface's colour, and the reflection. */
    static int pack(double lit, double shine) {
        double reflection = Math.max(0, Math.min(1, shine));
        int own = (int) (255 * Math.max(0, Math.min(1, lit)) * (1 - reflection));
        return (own << 24) | (Rgb.scale(LAMP_COLOUR, reflection * 0.99) & 0xFFFFFF);
    }

    /** A surface's colour in a light. */
    static int apply(int colour, int light) {
        return Lanes.gather(Lanes.lit(Lanes.spread(colour), light));
    }
}
