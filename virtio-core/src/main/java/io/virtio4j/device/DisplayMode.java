// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * What a display would like to be driven with. VirtIO 1.2, 5.7.6.8 Device Operation: controlq, GET_DISPLAY_INFO.
 *
 * @param enabled whether somebody looks at it
 * @param x where it stands among the other displays
 * @param y where it stands among the other displays
 * @param width preferred width in pixels
 * @param height preferred height in pixels
 */
public record DisplayMode(boolean enabled, int x, int y, int width, int height) {
    /** A display that is not there. */
    public static final DisplayMode DISABLED = new DisplayMode(false, 0, 0, 0, 0);

    /**
     * Checks position and size.
     *
     * @param enabled whether somebody looks at it
     * @param x 0 or more
     * @param y 0 or more
     * @param width at least 1 if it is enabled
     * @param height at least 1 if it is enabled
     * @throws IllegalArgumentException if one is out of its range
     */
    public DisplayMode {
        int least = enabled ? 1 : 0;
        if (x < 0 || y < 0 || width < least || height < least) {
            throw new IllegalArgumentException(
                    "no display has " + width + "x" + height + " pixels at " + x + ", " + y + ", enabled " + enabled);
        }
    }
}
