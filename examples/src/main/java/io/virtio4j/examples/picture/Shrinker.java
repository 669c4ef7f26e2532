// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.util.Arrays;

/** Makes a picture smaller: each pixel of the answer is the mean of the area that it covers. Not for several threads at once. */
final class Shrinker {

    private final int fromWidth;
    private final int fromHeight;
    final int width;
    final int height;
    private final Weights columns;
    private final Weights rows;
    private final int[] line;
    private final int[] sums;
    private final int[] pixels;

    Shrinker(int fromWidth, int fromHeight, int width, int height) {
        this.fromWidth = fromWidth;
        this.fromHeight = fromHeight;
        this.width = width;
        this.height = height;
        this.columns = new Weights(fromWidth, width);
        this.rows = new Weights(fromHeight, height);
        this.line = new int[3 * width];
        this.sums = new int[3 * width];
        this.pixels = new int[width * height];
    }

    /** The smaller picture; the next call overwrites it. */
    int[] shrink(int[] from) {
        if (from.length < fromWidth * fromHeight) {
            throw new IllegalArgumentException(
                    from.length + " pixels are no picture of " + fromWidth + "x" + fromHeight);
        }
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 0);
            for (int i = rows.first[y]; i <= rows.last[y]; i++) {
                shrinkLine(from, i * fromWidth);
                int weight = rows.weight(y, i);
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += line[j] * weight;
                }
            }
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] =
                        Rgb.of(rounded(sums[3 * x]), rounded(sums[3 * x + 1]), rounded(sums[3 * x + 2]));
            }
        }
        return pixels;
    }

    /** What the last call of {@link #shrink} gave. */
    int[] shrunk() {
        return pixels;
    }

    private void shrinkLine(int[] from, int start) {
        for (int x = 0; x < width; x++) {
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int i = columns.first[x]; i <= columns.last[x]; i++) {
                int weight = columns.weight(x, i);
                int colour = from[start + i];
                red += Rgb.red(colour) * weight;
                green += Rgb.green(colour) * weight;
                blue += Rgb.blue(colour) * weight;
            }
            line[3 * x] = red;
            line[3 * x + 1] = green;
            line[3 * x + 2] = blue;
        }
    }

    /** A channel out of its sum over weights of 256 times 256. */
    private static int rounded(int sum) {
        return (sum + 0x8000) >> 16;
    }

    /** How much each pixel of a long row adds to each pixel of a short one; the weights of one sum up to 256. */
    private static final class Weights {

        final int[] first;
        final int[] last;
        private final int[] weights;
        private final int most;

        Weights(int from, int to) {
            first = new int[to];
            last = new int[to];
            most = from / to + 2;
            weights = new int[to * most];
            for (int i = 0; i < to; i++) {
                double low = (double) i * from / to;
                double high = (double) (i + 1) * from / to;
                first[i] = (int) low;
                last[i] = Math.min(from - 1, (int) Math.ceil(high) - 1);
                int given = 0;
                for (int j = first[i]; j <= last[i]; j++) {
                    double covered = Math.min(high, j + 1) - low;
                    int upToHere = (int) Math.rint(256 * covered / (high - low));
                    weights[i * most + j - first[i]] = upToHere - given;
                    given = upToHere;
                }
            }
        }

        int weight(int to, int from) {
            return weights[to * most + from - first[to]];
        }
    }
}
