// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** Draws the surface of the rotor, not turned: zero stands at twelve o'clock. */
final class RotorSurface {

    private static final double NUMBER_RADIUS = 0.634;
    private static final double NUMBER_HEIGHT = 0.064;
    private static final double FRET_HALF_WIDTH = 0.0042;
    private static final double FRET_SHADOW = 0.020;
    private static final int SPOKES = 4;

    private RotorSurface() {}

    /**
     * The surface without light.
     *
     * @param size the side of the square texture
     * @param wheelRadius the outer radius of the whole wheel in texels
     */
    static int[] draw(int size, double wheelRadius) {
        Raster raster = new Raster(size, size);
        double middle = size / 2.0;
        double pixel = 1 / wheelRadius;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                raster.pixels[y * size + x] =
                        texel((x + 0.5 - middle) / wheelRadius, (y + 0.5 - middle) / wheelRadius, pixel);
            }
        }
        numbers(raster, middle, wheelRadius);
        turret(raster, middle, wheelRadius);
        return raster.pixels;
    }

    private static int texel(double x, double y, double pixel) {
        double radius = DistanceField.length(x, y);
        if (radius > WheelProfile.ROTOR + 4 * pixel) {
            return Rgb.OPAQUE;
        }
        boolean edge = WheelProfile.distanceToEdge(radius) < pixel;
        if (!edge && WheelProfile.isGold(radius)) {
            return Material.GOLD;
        }
        double angle = StrictMath.atan2(x, -y);
        if (!edge) {
            return colour(radius, angle, pixel);
        }
        int inner = colour(radius - pixel / 2, angle, pixel);
        int outer = colour(radius + pixel / 2, angle, pixel);
        return Rgb.mix(inner, outer, 0.5);
    }

    private static int colour(double radius, double angle, double pixel) {
        if (WheelProfile.isGold(radius)) {
            return Material.GOLD;
        }
        if (radius < WheelProfile.CONE) {
            return cone(radius, angle, pixel);
        }
        double pockets = angle / EuropeanWheel.POCKET_ANGLE_RADIANS + EuropeanWheel.POCKETS;
        int position = (int) Math.floor(pockets + 0.5);
        // How far it is to the fret at the edge of this pocket.
        double toFret = (0.5 - Math.abs(pockets - position)) * EuropeanWheel.POCKET_ANGLE_RADIANS * radius;
        int number = EuropeanWheel.numberAt(position % EuropeanWheel.POCKETS);
        int colour = Material.pocket(EuropeanWheel.colourOf(number));
        boolean pocket = radius < WheelProfile.POCKETS;
        if (pocket) {
            double shadow = Math.max(0, 1 - (toFret - FRET_HALF_WIDTH) / FRET_SHADOW);
            colour = Rgb.scale(colour, 0.92 - 0.50 * shadow * shadow);
        }
        double halfWidth = pocket ? FRET_HALF_WIDTH : FRET_HALF_WIDTH * 0.62;
        double fret = 0.5 - (toFret - halfWidth) / pixel;
        return Rgb.mix(colour, Rgb.scale(Material.GOLD, pocket ? 1.0 : 0.92), fret);
    }

    /** Veneer in wedges of two woods, with thin inlaid lines between them. */
    private static int cone(double radius, double angle, double pixel) {
        int wedges = 16;
        double turns = angle / (2 * Math.PI);
        double wedge = (turns + 1) * wedges;
        int index = (int) Math.floor(wedge);
        double toLine = (0.5 - Math.abs(wedge - index - 0.5)) * 2 * Math.PI / wedges * radius;
        double turn = (wedge - index - 0.5) / wedges * 2 * Math.PI;
        double along = radius * StrictMath.cos(turn);
        double across = radius * StrictMath.sin(turn);
        int wood = index % 2 == 0
                ? Material.veneer(along, across, index, 0xFF4A1B0C, 0xFF8E4522)
                : Material.veneer(along, across, index, 0xFF9A4A1E, 0xFFE09A55);
        return Rgb.mix(wood, Rgb.scale(Material.GOLD, 0.85), 0.7 * (0.5 - (toLine - 0.0016) / pixel));
    }

    private static void numbers(Raster raster, double middle, double wheelRadius) {
        for (int position = 0; position < EuropeanWheel.POCKETS; position++) {
            double angle = position * EuropeanWheel.POCKET_ANGLE_RADIANS;
            double x = middle + NUMBER_RADIUS * wheelRadius * StrictMath.sin(angle);
            double y = middle - NUMBER_RADIUS * wheelRadius * StrictMath.cos(angle);
            String text = Integer.toString(EuropeanWheel.numberAt(position));
            DistanceField number =
                    Lettering.text(text, x, y, NUMBER_HEIGHT * wheelRadius).turned(x, y, angle);
            raster.fill(number, x, y, NUMBER_HEIGHT * wheelRadius, Ink.of(Material.IVORY));
        }
    }

    /** The gold cross in the middle by which the rotor is turned. */
    private static void turret(Raster raster, double middle, double wheelRadius) {
        double inner = 0.10 * wheelRadius;
        double outer = 0.275 * wheelRadius;
        double halfWidth = 0.019 * wheelRadius;
        double knob = 0.036 * wheelRadius;
        for (int i = 0; i < SPOKES; i++) {
            double angle = 2 * Math.PI * i / SPOKES;
            double sine = StrictMath.sin(angle);
            double cosine = StrictMath.cos(angle);
            double endX = middle + outer * sine;
            double endY = middle - outer * cosine;
            DistanceField arm =
                    DistanceField.line(middle + inner * sine, middle - inner * cosine, endX, endY, halfWidth);
            DistanceField ball = DistanceField.circle(endX, endY, knob);
            DistanceField both = (x, y) -> Math.min(arm.at(x, y), ball.at(x, y));
            double reach = 0.32 * wheelRadius;
            raster.fill(both, middle, middle, reach, reach, 0.05 * wheelRadius, Ink.of(0x96000000));
            raster.fill(arm, middle, middle, reach, (x, y, distance) -> rod(-distance / halfWidth));
            raster.fill(ball, endX, endY, knob, (x, y, distance) -> rod(Math.min(1, -distance / knob)));
        }
        raster.fill(
                DistanceField.circle(middle, middle, WheelProfile.COLLAR * wheelRadius),
                middle,
                middle,
                WheelProfile.COLLAR * wheelRadius,
                Ink.of(Material.GOLD));
    }

    /** A round gold rod seen from above: bright along its middle, dark along its sides. */
    private static int rod(double depth) {
        double d = Math.max(0, Math.min(1, depth));
        double up = Math.sqrt(1 - (1 - d) * (1 - d));
        int gold = Rgb.scale(Material.GOLD, 0.30 + 0.78 * up);
        return Rgb.mix(gold, 0xFFFFFBEA, up > 0.93 ? (up - 0.93) * 9 : 0);
    }
}
