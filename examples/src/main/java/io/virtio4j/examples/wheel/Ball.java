// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;

/** The ivory ball with its shadow, and the streak that a fast ball leaves in a picture. */
final class Ball {

    /** As a fraction of the wheel's outer radius. */
    private static final double RADIUS = 0.0275;

    /** The part of the time between two frames during which the shutter is open. */
    private static final double SHUTTER = 0.8;

    private static final int MOST_GHOSTS = 40;
    private static final double SHADOW_REACH = 1.9;

    private final Layout layout;
    private final Spin spin;

    Ball(Layout layout, Spin spin) {
        this.layout = layout;
        this.spin = spin;
    }

    /** Paints the ball of a frame and tells which pixels it may have changed. */
    PixelRect paint(int[] pixels, int frame) {
        double progress = spin.progress(frame);
        double shutter = spin.frames() == 1 ? 0 : SHUTTER / (spin.frames() - 1);
        double radius = radius(progress);
        PixelRect changed = shadow(pixels, progress, radius);
        double path = path(progress, shutter);
        int ghosts = (int) Math.min(MOST_GHOSTS, path / (0.35 * radius + 0.5));
        for (int ghost = ghosts; ghost > 0; ghost--) {
            double age = (double) ghost / ghosts;
            double past = progress - shutter * age;
            if (past >= 0) {
                double fade = 0.30 * (1 - age) * (1 - age) + 0.03;
                changed = changed.union(sphere(pixels, past, radius(past) * (1 - 0.25 * age), fade));
            }
        }
        return changed.union(sphere(pixels, progress, radius, 1));
    }

    /** How many pixels the ball has run while the shutter was open. */
    private double path(double progress, double shutter) {
        double past = Math.max(0, progress - shutter);
        double turned = Math.abs(spin.ballAngle(progress) - spin.ballAngle(past));
        return turned * spin.ballRadius(progress) * layout.wheelRadius();
    }

    private double radius(double progress) {
        return RADIUS * layout.wheelRadius() * (1 + 1.6 * spin.ballHeight(progress));
    }

    private double x(double progress) {
        return layout.wheelX()
                + spin.ballRadius(progress) * layout.wheelRadius() * StrictMath.sin(spin.ballAngle(progress));
    }

    private double y(double progress) {
        return layout.wheelY()
                - spin.ballRadius(progress) * layout.wheelRadius() * StrictMath.cos(spin.ballAngle(progress));
    }

    private PixelRect shadow(int[] pixels, double progress, double radius) {
        double high = spin.ballHeight(progress) * layout.wheelRadius();
        double x = x(progress) + 0.40 * radius + 0.55 * high;
        double y = y(progress) + 0.52 * radius + 0.72 * high;
        double reach = SHADOW_REACH * radius;
        PixelRect area =
                PixelRect.covering(x - reach, y - reach, x + reach, y + reach, layout.width(), layout.height());
        for (int row = area.y(); row < area.y() + area.height(); row++) {
            for (int column = area.x(); column < area.x() + area.width(); column++) {
                double away = DistanceField.length(column + 0.5 - x, row + 0.5 - y) / reach;
                if (away < 1) {
                    double dark = 1 - away * away;
                    int at = row * layout.width() + column;
                    pixels[at] = Rgb.over(pixels[at], 0, (int) (256 * 0.62 * dark * dark));
                }
            }
        }
        return area;
    }

    private PixelRect sphere(int[] pixels, double progress, double radius, double opacity) {
        double x = x(progress);
        double y = y(progress);
        double reach = radius + 1;
        PixelRect area =
                PixelRect.covering(x - reach, y - reach, x + reach, y + reach, layout.width(), layout.height());
        for (int row = area.y(); row < area.y() + area.height(); row++) {
            for (int column = area.x(); column < area.x() + area.width(); column++) {
                double dx = column + 0.5 - x;
                double dy = row + 0.5 - y;
                double cover = Math.min(1, radius + 0.5 - DistanceField.length(dx, dy));
                if (cover > 0) {
                    int at = row * layout.width() + column;
                    pixels[at] = Rgb.over(pixels[at], colour(dx / radius, dy / radius), (int) (256 * opacity * cover));
                }
            }
        }
        return area;
    }

    private static int colour(double dx, double dy) {
        double square = Math.min(1, dx * dx + dy * dy);
        double dz = Math.sqrt(1 - square);
        double lit = 0.50 + 0.60 * Light.diffuse(dx, dy, dz);
        return Rgb.mix(Rgb.scale(Material.IVORY, lit), 0xFFFFFFFF, Light.specular(dx, dy, dz, 32));
    }
}
