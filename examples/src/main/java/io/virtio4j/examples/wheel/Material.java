// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** The colours of the surfaces before light falls on them. */
final class Material {

    static final int GOLD = 0xFFFFC45C;
    static final int IVORY = 0xFFFBF3DF;

    private static final int FELT_BRIGHT = 0xFF1C8453;
    private static final int FELT_DARK = 0xFF031A11;

    private Material() {}

    /** The colour of a pocket's number field. */
    static int pocket(PocketColour colour) {
        return switch (colour) {
            case GREEN -> 0xFF12A052;
            case RED -> 0xFFDB1F2B;
            case BLACK -> 0xFF2A272B;
        };
    }

    /** The same on the betting table, where no light is applied. */
    static int table(PocketColour colour) {
        return switch (colour) {
            case GREEN -> 0xFF0B7A3E;
            case RED -> 0xFFB5151F;
            case BLACK -> 0xFF161416;
        };
    }

    /** Polished wood with its grain along the circle. The angle is in turns. */
    static int wood(double radius, double turns, int dark, int bright, double rings) {
        double warp = Noise.smooth(radius * 9, turns * 14, 14) * 1.4;
        double coarse = Noise.smooth(radius * rings + warp, turns * 22, 22);
        double fine = Noise.smooth(radius * rings * 4.3 + warp * 3, turns * 44, 44);
        return Rgb.mix(dark, bright, 0.15 + 0.60 * coarse + 0.25 * fine);
    }

    /** A sheet of veneer with straight grain; {@code sheet} picks a piece of the tree. */
    static int veneer(double along, double across, int sheet, int dark, int bright) {
        int endless = 1 << 20;
        double warp = Noise.smooth(along * 5 + sheet * 31, across * 8 + 64, endless) * 1.2;
        double coarse = Noise.smooth(across * 46 + warp + sheet * 17, along * 3 + 64, endless);
        double fine = Noise.smooth(across * 170 + warp * 3 + sheet * 17, along * 7 + 64, endless);
        return Rgb.mix(dark, bright, 0.10 + 0.62 * coarse + 0.28 * fine);
    }

    /** Felt; {@code shade} is 0 in the middle of the lamp's light and 1 in the farthest corner. */
    static int felt(int x, int y, double shade) {
        double nap = (Noise.at(x, y) + Noise.at(x / 2 + 7919, y / 2)) / 2 - 0.5;
        return Rgb.scale(Rgb.mix(FELT_BRIGHT, FELT_DARK, shade), 1 + 0.09 * nap);
    }
}
