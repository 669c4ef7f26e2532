// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;

/**
 * A picture while it is made: colours 0xAARRGGBB, alpha not multiplied in, row by row from the top. Shapes are laid over what is
 * there, which may be transparent.
 */
final class Raster {

    final int width;
    final int height;
    final int[] pixels;

    Raster(int width, int height) {
        this(width, height, new int[Math.multiplyExact(width, height)]);
    }

    Raster(int width, int height, int[] pixels) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    /** Fills a shape with a sharp edge; {@code reach} is how far from the centre it may extend. */
    void fill(DistanceField shape, double centreX, double centreY, double reach, Ink ink) {
        fill(shape, centreX, centreY, reach, reach, 1, ink);
    }

    /**
     * Fills a shape.
     *
     * @param reachX how far the shape extends to the left and the right of the centre, at most
     * @param reachY the same upwards and downwards
     * @param softness how wide the edge is in pixels: 1 for a sharp shape, more for a shadow or a glow
     */
    void fill(
            DistanceField shape,
            double centreX,
            double centreY,
            double reachX,
            double reachY,
            double softness,
            Ink ink) {
        double margin = softness / 2 + 1;
        PixelRect area = PixelRect.covering(
                centreX - reachX - margin,
                centreY - reachY - margin,
                centreX + reachX + margin,
                centreY + reachY + margin,
                width,
                height);
        for (int y = area.y(); y < area.y() + area.height(); y++) {
            for (int x = area.x(); x < area.x() + area.width(); x++) {
                double distance = shape.at(x + 0.5, y + 0.5);
                double cover = coverage(distance, softness);
                if (cover > 0) {
                    lay(y * width + x, ink.at(x + 0.5, y + 0.5, distance), cover);
                }
            }
        }
    }

    private static double coverage(double distance, double softness) {
        double cover = 0.5 - distance / softness;
        if (cover <= 0) {
            return 0;
        }
        if (cover >= 1) {
            return 1;
        }
        return softness <= 1 ? cover : cover * cover * (3 - 2 * cover);
    }

    private void lay(int index, int colour, double cover) {
        double alpha = (colour >>> 24) / 255.0 * cover;
        int below = pixels[index];
        double belowAlpha = (below >>> 24) / 255.0;
        double sum = alpha + belowAlpha * (1 - alpha);
        if (sum <= 0) {
            return;
        }
        pixels[index] = Rgb.withAlpha(Rgb.mix(below, colour, alpha / sum), sum);
    }
}
