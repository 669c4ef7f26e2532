// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** The part of the wheel that stands still: the shadow on the felt, the wooden bowl with its track, and the deflectors. */
final class Stator {

    private static final int DEFLECTORS = 8;
    private static final double DEFLECTOR_RADIUS = 0.767;

    private Stator() {}

    static void paint(Raster raster, double centreX, double centreY, double radius) {
        raster.fill(
                DistanceField.circle(centreX + 0.03 * radius, centreY + 0.045 * radius, radius),
                centreX,
                centreY,
                1.05 * radius,
                1.05 * radius,
                0.16 * radius,
                Ink.of(0xB4000000));
        Ink bowl = (x, y, distance) -> colour((x - centreX) / radius, (y - centreY) / radius, 1 / radius);
        raster.fill(DistanceField.circle(centreX, centreY, radius), centreX, centreY, radius, bowl);
        for (int i = 0; i < DEFLECTORS; i++) {
            deflector(raster, centreX, centreY, radius, i);
        }
    }

    /** The colour at a point; near an edge between two parts it is the mean of nine points of the pixel. */
    private static int colour(double x, double y, double pixel) {
        double radius = DistanceField.length(x, y);
        if (radius < WheelProfile.ROTOR - 2 * pixel) {
            return Rgb.OPAQUE;
        }
        if (WheelProfile.distanceToEdge(radius) > pixel) {
            return Light.apply(surface(x, y, radius), Light.onWheel(x, y));
        }
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < 9; i++) {
            double sx = x + (i % 3 - 1) * pixel / 3;
            double sy = y + (i / 3 - 1) * pixel / 3;
            int colour = Light.apply(surface(sx, sy, DistanceField.length(sx, sy)), Light.onWheel(sx, sy));
            red += Rgb.red(colour);
            green += Rgb.green(colour);
            blue += Rgb.blue(colour);
        }
        return Rgb.of(red / 9, green / 9, blue / 9);
    }

    private static int surface(double x, double y, double radius) {
        if (WheelProfile.isGold(radius)) {
            return Material.GOLD;
        }
        double turns = StrictMath.atan2(x, -y) / (2 * Math.PI);
        if (radius > WheelProfile.RIM) {
            return Material.wood(radius, turns, 0xFF4A1A0C, 0xFFA8532A, 60);
        }
        return Material.wood(radius + 3, turns, 0xFF6B2B12, 0xFFD0783C, 46);
    }

    /** A four sided stud that throws the ball off its course; every other one lies along the track. */
    private static void deflector(Raster raster, double centreX, double centreY, double radius, int index) {
        double angle = 2 * Math.PI * (index + 0.5) / DEFLECTORS;
        double x = centreX + DEFLECTOR_RADIUS * radius * StrictMath.sin(angle);
        double y = centreY - DEFLECTOR_RADIUS * radius * StrictMath.cos(angle);
        double along = (index % 2 == 0 ? 0.046 : 0.017) * radius;
        double across = (index % 2 == 0 ? 0.017 : 0.046) * radius;
        double reach = 0.06 * radius;
        double sine = StrictMath.sin(angle);
        double cosine = StrictMath.cos(angle);
        DistanceField stud = DistanceField.rhombus(x, y, across, along).turned(x, y, angle);
        raster.fill(stud.moved(0.010 * radius, 0.014 * radius), x, y, reach, reach, 0.02 * radius, Ink.of(0xA0000000));
        raster.fill(stud, x, y, reach, (px, py, distance) -> {
            // Four facets, each facing away from the middle of the stud.
            double dx = (px - x) * cosine + (py - y) * sine;
            double dy = -(px - x) * sine + (py - y) * cosine;
            double nx = Math.signum(dx) * along;
            double ny = Math.signum(dy) * across;
            double norm = Math.sqrt(nx * nx + ny * ny) * 1.6;
            double wx = (nx * cosine - ny * sine) / norm;
            double wy = (nx * sine + ny * cosine) / norm;
            double lit = 0.28 + 0.85 * Light.diffuse(wx, wy, 0.78);
            return Light.apply(Material.GOLD, Light.pack(lit, 0.8 * Light.specular(wx, wy, 0.78, 16)));
        });
    }
}
