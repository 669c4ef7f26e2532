// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;

/**
 * Text drawn as strokes, so that no font has to be installed: a bare server has none, and another one would give other pixels.
 * A glyph is one unit high. Only the characters that the picture needs are there.
 */
final class Lettering {

    /** The width of a stroke, where the height of a digit is 1. */
    private static final double WEIGHT = 0.155;

    private static final double GAP = 0.27;
    private static final double FLATNESS = 0.004;

    private Lettering() {}

    /**
     * A line of text as a shape.
     *
     * @param text digits and the letters of the table
     * @param centreX the middle of the text
     * @param centreY the middle of a digit
     * @param heightPixels the height of a digit, from the outer edges of its strokes
     */
    static DistanceField text(String text, double centreX, double centreY, double heightPixels) {
        double scale = heightPixels * (1 - WEIGHT);
        double left = centreX - (width(text) - WEIGHT / (1 - WEIGHT)) * scale / 2;
        double top = centreY - scale / 2;
        List<double[]> segments = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            segments(glyph(letter), left, top, scale, segments);
            left += (advance(letter) + GAP) * scale;
        }
        double[][] lines = segments.toArray(new double[0][]);
        double halfWeight = WEIGHT * heightPixels / 2;
        return (x, y) -> {
            double nearest = Double.MAX_VALUE;
            for (double[] line : lines) {
                nearest = Math.min(nearest, DistanceField.squareToSegment(x, y, line[0], line[1], line[2], line[3]));
            }
            return Math.sqrt(nearest) - halfWeight;
        };
    }

    /** The width of a text, with its strokes, where the height of a digit between the middles of its strokes is 1. */
    static double width(String text) {
        double width = WEIGHT / (1 - WEIGHT) - GAP;
        for (int i = 0; i < text.length(); i++) {
            width += advance(text.charAt(i)) + GAP;
        }
        return width;
    }

    private static void segments(Path2D glyph, double left, double top, double scale, List<double[]> into) {
        double[] point = new double[6];
        double x = 0;
        double y = 0;
        for (PathIterator path = glyph.getPathIterator(null, FLATNESS); !path.isDone(); path.next()) {
            boolean line = path.currentSegment(point) == PathIterator.SEG_LINETO;
            double nextX = left + point[0] * scale;
            double nextY = top + point[1] * scale;
            if (line) {
                into.add(new double[] {x, y, nextX, nextY});
            }
            x = nextX;
            y = nextY;
        }
    }

    /** How wide a character is, between the middles of its outer strokes. */
    private static double advance(char letter) {
        return switch (letter) {
            case '1', 'r' -> 0.30;
            case 'i' -> 0.0;
            case 'j' -> 0.14;
            case 't' -> 0.30;
            case '-' -> 0.30;
            case ' ' -> 0.20;
            case 'v' -> 0.48;
            case 'o' -> 0.50;
            case 'E' -> 0.44;
            case '4' -> 0.60;
            default -> 0.56;
        };
    }

    private static Path2D glyph(char letter) {
        Path2D path = new Path2D.Double();
        switch (letter) {
            case '0' -> {
                path.moveTo(0, 0.30);
                path.curveTo(0, 0.11, 0.10, 0, 0.28, 0);
                path.curveTo(0.46, 0, 0.56, 0.11, 0.56, 0.30);
                path.lineTo(0.56, 0.70);
                path.curveTo(0.56, 0.89, 0.46, 1, 0.28, 1);
                path.curveTo(0.10, 1, 0, 0.89, 0, 0.70);
                path.lineTo(0, 0.30);
            }
            case '1' -> {
                path.moveTo(0, 0.24);
                path.lineTo(0.30, 0);
                path.lineTo(0.30, 1);
            }
            case '2' -> {
                path.moveTo(0.01, 0.27);
                path.curveTo(0.01, 0.10, 0.12, 0, 0.285, 0);
                path.curveTo(0.45, 0, 0.55, 0.11, 0.55, 0.27);
                path.curveTo(0.55, 0.40, 0.48, 0.50, 0.38, 0.61);
                path.lineTo(0.01, 1);
                path.lineTo(0.56, 1);
            }
            case '3' -> {
                path.moveTo(0.02, 0.22);
                path.curveTo(0.05, 0.08, 0.14, 0, 0.28, 0);
                path.curveTo(0.44, 0, 0.54, 0.10, 0.54, 0.24);
                path.curveTo(0.54, 0.38, 0.44, 0.47, 0.27, 0.47);
                path.curveTo(0.46, 0.47, 0.56, 0.58, 0.56, 0.73);
                path.curveTo(0.56, 0.89, 0.45, 1, 0.28, 1);
                path.curveTo(0.12, 1, 0.02, 0.91, 0, 0.77);
            }
            case '4' -> {
                path.moveTo(0.43, 1);
                path.lineTo(0.43, 0);
                path.lineTo(0, 0.71);
                path.lineTo(0.60, 0.71);
            }
            case '5' -> {
                path.moveTo(0.51, 0);
                path.lineTo(0.07, 0);
                path.lineTo(0.04, 0.46);
                path.curveTo(0.11, 0.40, 0.19, 0.37, 0.28, 0.37);
                path.curveTo(0.45, 0.37, 0.56, 0.49, 0.56, 0.68);
                path.curveTo(0.56, 0.87, 0.44, 1, 0.27, 1);
                path.curveTo(0.13, 1, 0.03, 0.92, 0, 0.80);
            }
            case '6' -> six(path, 1);
            case '9' -> six(path, -1);
            case '7' -> {
                path.moveTo(0, 0);
                path.lineTo(0.56, 0);
                path.lineTo(0.19, 1);
            }
            case '8' -> {
                oval(path, 0.28, 0.235, 0.245, 0.235);
                oval(path, 0.28, 0.735, 0.28, 0.265);
            }
            case '-' -> {
                path.moveTo(0, 0.5);
                path.lineTo(0.30, 0.5);
            }
            case 'E' -> {
                path.moveTo(0.44, 0);
                path.lineTo(0, 0);
                path.lineTo(0, 1);
                path.lineTo(0.44, 1);
                path.moveTo(0, 0.49);
                path.lineTo(0.38, 0.49);
            }
            case 'V' -> {
                path.moveTo(0, 0);
                path.lineTo(0.28, 1);
                path.lineTo(0.56, 0);
            }
            case 'N' -> {
                path.moveTo(0, 1);
                path.lineTo(0, 0);
                path.lineTo(0.56, 1);
                path.lineTo(0.56, 0);
            }
            case 'O' -> oval(path, 0.28, 0.5, 0.32, 0.5);
            case 'D' -> {
                path.moveTo(0, 0);
                path.lineTo(0.20, 0);
                path.curveTo(0.44, 0, 0.56, 0.18, 0.56, 0.5);
                path.curveTo(0.56, 0.82, 0.44, 1, 0.20, 1);
                path.lineTo(0, 1);
                path.lineTo(0, 0);
            }
            case 'v' -> {
                path.moveTo(0, 0.34);
                path.lineTo(0.24, 1);
                path.lineTo(0.48, 0.34);
            }
            case 'i' -> {
                path.moveTo(0, 0.34);
                path.lineTo(0, 1);
                dot(path, 0);
            }
            case 'j' -> {
                path.moveTo(0.14, 0.34);
                path.lineTo(0.14, 1.04);
                path.curveTo(0.14, 1.18, 0.07, 1.24, -0.06, 1.24);
                dot(path, 0.14);
            }
            case 'r' -> {
                path.moveTo(0, 0.34);
                path.lineTo(0, 1);
                path.moveTo(0, 0.60);
                path.curveTo(0.04, 0.42, 0.15, 0.34, 0.30, 0.35);
            }
            case 't' -> {
                path.moveTo(0.06, 0.10);
                path.lineTo(0.06, 0.82);
                path.curveTo(0.06, 0.95, 0.13, 1, 0.28, 0.99);
                path.moveTo(-0.10, 0.34);
                path.lineTo(0.28, 0.34);
            }
            case 'o' -> oval(path, 0.25, 0.67, 0.26, 0.33);
            case ' ' -> {
                // Nothing to draw.
            }
            default -> throw new IllegalArgumentException("no glyph for '" + letter + "'");
        }
        return path;
    }

    /** A six, or, turned upside down, a nine. */
    private static void six(Path2D path, int way) {
        double middleX = 0.28;
        double middleY = 0.5;
        double[][] points = {
            {0.43, 0},
            {0.25, 0.22},
            {0.07, 0.42},
            {0.01, 0.62},
            {-0.05, 0.83},
            {0.10, 1},
            {0.28, 1},
            {0.45, 1},
            {0.56, 0.87},
            {0.56, 0.70},
            {0.56, 0.53},
            {0.45, 0.41},
            {0.29, 0.41},
            {0.16, 0.41},
            {0.05, 0.49},
            {0.01, 0.62}
        };
        double[] at = new double[32];
        for (int i = 0; i < points.length; i++) {
            at[2 * i] = middleX + way * (points[i][0] - middleX);
            at[2 * i + 1] = middleY + way * (points[i][1] - middleY);
        }
        path.moveTo(at[0], at[1]);
        for (int i = 2; i < 32; i += 6) {
            path.curveTo(at[i], at[i + 1], at[i + 2], at[i + 3], at[i + 4], at[i + 5]);
        }
    }

    private static void oval(Path2D path, double centreX, double centreY, double radiusX, double radiusY) {
        double bendX = radiusX * 0.5523;
        double bendY = radiusY * 0.5523;
        double left = centreX - radiusX;
        double right = centreX + radiusX;
        double top = centreY - radiusY;
        double bottom = centreY + radiusY;
        path.moveTo(centreX, top);
        path.curveTo(centreX + bendX, top, right, centreY - bendY, right, centreY);
        path.curveTo(right, centreY + bendY, centreX + bendX, bottom, centreX, bottom);
        path.curveTo(centreX - bendX, bottom, left, centreY + bendY, left, centreY);
        path.curveTo(left, centreY - bendY, centreX - bendX, top, centreX, top);
    }

    private static void dot(Path2D path, double x) {
        path.moveTo(x, 0.06);
        path.lineTo(x, 0.07);
    }
}
