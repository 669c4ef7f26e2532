// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;

/**
 * The part of the wheel that turns. Its surface is drawn once, finer than the screen; a frame only looks up each pixel in it
 * (four texels, weighted) and applies the light, which stands still.
 */
final class Rotor {

    private static final int FRACTION_BITS = 16;

    private final int left;
    private final int top;
    private final int columns;
    private final int rows;
    private final double centreX;
    private final double centreY;
    private final double radius;
    private final int[] light;
    private final int[] spanStart;
    private final int[] spanEnd;
    private final int[] texture;
    private final int textureSize;
    private final double texelsPerPixel;

    Rotor(double centreX, double centreY, double wheelRadius, int pictureWidth, int pictureHeight) {
        this.centreX = centreX;
        this.centreY = centreY;
        this.radius = WheelProfile.ROTOR * wheelRadius;
        this.left = Math.max(0, (int) Math.floor(centreX - radius));
        this.top = Math.max(0, (int) Math.floor(centreY - radius));
        int right = Math.min(pictureWidth, (int) Math.ceil(centreX + radius));
        int bottom = Math.min(pictureHeight, (int) Math.ceil(centreY + radius));
        this.columns = Math.max(0, right - left);
        this.rows = Math.max(0, bottom - top);
        this.light = new int[rows * columns];
        this.spanStart = new int[rows];
        this.spanEnd = new int[rows];
        light(wheelRadius);
        this.texelsPerPixel = radius < 600 ? 1.6 : 1.25;
        double textureRadius = radius * texelsPerPixel;
        this.textureSize = 2 * (int) Math.ceil(textureRadius) + 6;
        this.texture = RotorSurface.draw(textureSize, wheelRadius * texelsPerPixel);
    }

    /** The pixels that turn. */
    PixelRect area() {
        return new PixelRect(left, top, columns, rows);
    }

    private void light(double wheelRadius) {
        for (int row = 0; row < rows; row++) {
            double y = top + row + 0.5 - centreY;
            double half = radius * radius - y * y;
            if (half <= 0) {
                continue;
            }
            double halfWidth = Math.sqrt(half);
            spanStart[row] = Math.max(0, (int) Math.ceil(centreX - halfWidth - 0.5) - left);
            spanEnd[row] = Math.min(columns, (int) Math.floor(centreX + halfWidth - 0.5) + 1 - left);
            for (int column = spanStart[row]; column < spanEnd[row]; column++) {
                double x = left + column + 0.5 - centreX;
                light[row * columns + column] = lightOfPixel(x / wheelRadius, y / wheelRadius, 1 / wheelRadius);
            }
        }
    }

    private static int lightOfPixel(double x, double y, double pixel) {
        if (WheelProfile.distanceToEdge(DistanceField.length(x, y)) > pixel) {
            return Light.onWheel(x, y);
        }
        int own = 0;
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < 9; i++) {
            int sample = Light.onWheel(x + (i % 3 - 1) * pixel / 3, y + (i / 3 - 1) * pixel / 3);
            own += sample >>> 24;
            red += Rgb.red(sample);
            green += Rgb.green(sample);
            blue += Rgb.blue(sample);
        }
        return ((own / 9) << 24) | (Rgb.of(red / 9, green / 9, blue / 9) & 0xFFFFFF);
    }

    /** Paints the rotor, turned clockwise by an angle, into a picture of a given row length. */
    void paint(int[] pixels, int stride, double angleRadians) {
        double scale = texelsPerPixel * (1 << FRACTION_BITS);
        double cosine = StrictMath.cos(angleRadians) * scale;
        double sine = StrictMath.sin(angleRadians) * scale;
        // Texel centres lie at half units; the lookup below wants the texel to the upper left of the point.
        double middle = (textureSize / 2.0 - 0.5) * (1 << FRACTION_BITS);
        int stepU = (int) Math.rint(cosine);
        int stepV = (int) Math.rint(-sine);
        for (int row = 0; row < rows; row++) {
            int start = spanStart[row];
            int count = spanEnd[row] - start;
            double x = left + start + 0.5 - centreX;
            double y = top + row + 0.5 - centreY;
            int u = (int) Math.rint(middle + x * cosine + y * sine);
            int v = (int) Math.rint(middle - x * sine + y * cosine);
            int to = (top + row) * stride + left + start;
            paintSpan(pixels, to, row * columns + start, count, u, v, stepU, stepV);
        }
    }

    private void paintSpan(int[] pixels, int to, int lightAt, int count, int u, int v, int stepU, int stepV) {
        int[] texels = texture;
        int[] lights = light;
        int rowLength = textureSize;
        for (int i = 0; i < count; i++) {
            int at = (v >> FRACTION_BITS) * rowLength + (u >> FRACTION_BITS);
            int right = (u >>> (FRACTION_BITS - 8)) & 0xFF;
            int down = (v >>> (FRACTION_BITS - 8)) & 0xFF;
            long upper = Lanes.between(Lanes.spread(texels[at]), Lanes.spread(texels[at + 1]), right);
            long lower = Lanes.between(
                    Lanes.spread(texels[at + rowLength]), Lanes.spread(texels[at + rowLength + 1]), right);
            pixels[to + i] = Lanes.gather(Lanes.lit(Lanes.between(upper, lower, down), lights[lightAt + i]));
            u += stepU;
            v += stepV;
        }
    }
}
