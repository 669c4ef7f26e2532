// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

/** Arithmetic on packed colours, 0xAARRGGBB, alpha not multiplied in. Any thread may call. */
public final class Rgb {

    /** The alpha of a colour that hides what is below it. */
    public static final int OPAQUE = 0xFF000000;

    private Rgb() {}

    /**
     * A colour from its parts.
     *
     * @param red 0 to 255
     * @param green 0 to 255
     * @param blue 0 to 255
     * @return the colour, opaque
     */
    public static int of(int red, int green, int blue) {
        return OPAQUE | (red << 16) | (green << 8) | blue;
    }

    /**
     * A colour between two others.
     *
     * @param first at part 0; its alpha is ignored
     * @param second at part 1; its alpha is ignored
     * @param part cut to 0 to 1
     * @return the colour, opaque
     */
    public static int mix(int first, int second, double part) {
        double p = Math.max(0, Math.min(1, part));
        int red = (int) (red(first) + (red(second) - red(first)) * p + 0.5);
        int green = (int) (green(first) + (green(second) - green(first)) * p + 0.5);
        int blue = (int) (blue(first) + (blue(second) - blue(first)) * p + 0.5);
        return of(red, green, blue);
    }

    /**
     * A colour made darker or brighter.
     *
     * @param colour its alpha is ignored
     * @param factor below 1 darker, above 1 brighter; no channel grows beyond 255
     * @return the colour, opaque
     */
    public static int scale(int colour, double factor) {
        return of(channel(red(colour) * factor), channel(green(colour) * factor), channel(blue(colour) * factor));
    }

    /**
     * A colour with another alpha.
     *
     * @param colour its alpha is ignored
     * @param alpha cut to 0 to 1
     * @return the colour
     */
    public static int withAlpha(int colour, double alpha) {
        return ((int) (Math.max(0, Math.min(1, alpha)) * 255 + 0.5) << 24) | (colour & 0xFFFFFF);
    }

    /**
     * A colour laid over an opaque one.
     *
     * @param below the opaque one
     * @param colour its own alpha is ignored
     * @param alpha256 0 to 256: how much of it is seen
     * @return the colour, opaque
     */
    public static int over(int below, int colour, int alpha256) {
        int rest = 256 - alpha256;
        int redBlue = (((colour & 0xFF00FF) * alpha256 + (below & 0xFF00FF) * rest) >>> 8) & 0xFF00FF;
        int green = (((colour & 0x00FF00) * alpha256 + (below & 0x00FF00) * rest) >>> 8) & 0x00FF00;
        return OPAQUE | redBlue | green;
    }

    /**
     * The red part.
     *
     * @param colour any
     * @return 0 to 255
     */
    public static int red(int colour) {
        return (colour >> 16) & 0xFF;
    }

    /**
     * The green part.
     *
     * @param colour any
     * @return 0 to 255
     */
    public static int green(int colour) {
        return (colour >> 8) & 0xFF;
    }

    /**
     * The blue part.
     *
     * @param colour any
     * @return 0 to 255
     */
    public static int blue(int colour) {
        return colour & 0xFF;
    }

    /** The square of the distance between two colours in the cube of red, green and blue; alpha is ignored. */
    static int squareDistance(int first, int second) {
        int red = red(first) - red(second);
        int green = green(first) - green(second);
        int blue = blue(first) - blue(second);
        return red * red + green * green + blue * blue;
    }

    private static int channel(double value) {
        return (int) Math.max(0, Math.min(255, value + 0.5));
    }
}
