// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/**
 * A shape, given by the distance of each point from its edge: negative inside, positive outside, in pixels. Half a pixel on
 * either side of the edge becomes the antialiasing, a wider band a soft shadow; no rasteriser and no font is needed.
 */
@FunctionalInterface
interface DistanceField {

    double at(double x, double y);

    static DistanceField circle(double centreX, double centreY, double radius) {
        return (x, y) -> length(x - centreX, y - centreY) - radius;
    }

    /** A rectangle with rounded corners. */
    static DistanceField box(double centreX, double centreY, double halfWidth, double halfHeight, double corner) {
        return (x, y) -> {
            double dx = Math.abs(x - centreX) - halfWidth + corner;
            double dy = Math.abs(y - centreY) - halfHeight + corner;
            return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
        };
    }

    /** A rhombus with a half width and a half height. */
    static DistanceField rhombus(double centreX, double centreY, double halfWidth, double halfHeight) {
        double norm = length(halfWidth, halfHeight);
        return (x, y) ->
                (Math.abs(x - centreX) * halfHeight + Math.abs(y - centreY) * halfWidth - halfWidth * halfHeight)
                        / norm;
    }

    /** A line with round ends. */
    static DistanceField line(double x0, double y0, double x1, double y1, double halfWidth) {
        return (x, y) -> Math.sqrt(squareToSegment(x, y, x0, y0, x1, y1)) - halfWidth;
    }

    /** The edge of a shape as a line. */
    default DistanceField outline(double halfWidth) {
        return (x, y) -> Math.abs(at(x, y)) - halfWidth;
    }

    /** The same shape elsewhere. */
    default DistanceField moved(double dx, double dy) {
        return (x, y) -> at(x - dx, y - dy);
    }

    /** The same shape turned clockwise around a point. */
    default DistanceField turned(double centreX, double centreY, double angleRadians) {
        double sine = StrictMath.sin(angleRadians);
        double cosine = StrictMath.cos(angleRadians);
        return (x, y) -> {
            double dx = x - centreX;
            double dy = y - centreY;
            return at(centreX + dx * cosine + dy * sine, centreY - dx * sine + dy * cosine);
        };
    }

    /** The square of the distance to a segment. */
    static double squareToSegment(double x, double y, double x0, double y0, double x1, double y1) {
        double dx = x1 - x0;
        double dy = y1 - y0;
        double square = dx * dx + dy * dy;
        double part = square == 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / square;
        part = Math.max(0, Math.min(1, part));
        double offX = x - x0 - part * dx;
        double offY = y - y0 - part * dy;
        return offX * offX + offY * offY;
    }

    /** {@code Math.hypot} without its guard against overflow, which would cost most of the time here. */
    static double length(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }
}
