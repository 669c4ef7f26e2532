// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import java.util.Optional;

/**
 * Pixel formats, four bytes a pixel. The letters name the bytes in the order in which they lie in memory; X is a byte
 * without meaning. VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_2D.
 *
 * <p>A pixel read as a le32 holds byte 0 in its bits 0-7 and byte 3 in its bits 24-31; the shifts say where a colour's
 * eight bits begin.
 *
 * <pre>
 *   format      code   blue  green  red  alpha       (shifts)
 *   B8G8R8A8       1      0      8   16     24
 *   B8G8R8X8       2      0      8   16      -
 *   A8R8G8B8       3     24     16    8      0
 *   X8R8G8B8       4     24     16    8      -
 *   R8G8B8A8      67     16      8    0     24
 *   X8B8G8R8      68      8     16   24      -
 *   A8B8G8R8     121      8     16   24      0
 *   R8G8B8X8     134     16      8    0      -
 * </pre>
 */
public enum GpuFormat {
    /** Blue first, then green, red, alpha: 0xAARRGGBB as an int. */
    B8G8R8A8(1, 0, 8, 16, 24),

    /** Blue first, then green, red, nothing: 0x..RRGGBB as an int. */
    B8G8R8X8(2, 0, 8, 16, GpuFormat.NO_ALPHA),

    /** Alpha first, then red, green, blue. */
    A8R8G8B8(3, 24, 16, 8, 0),

    /** Nothing first, then red, green, blue. */
    X8R8G8B8(4, 24, 16, 8, GpuFormat.NO_ALPHA),

    /** Red first, then green, blue, alpha. */
    R8G8B8A8(67, 16, 8, 0, 24),

    /** Nothing first, then blue, green, red. */
    X8B8G8R8(68, 8, 16, 24, GpuFormat.NO_ALPHA),

    /** Alpha first, then blue, green, red. */
    A8B8G8R8(121, 8, 16, 24, 0),

    /** Red first, then green, blue, nothing. */
    R8G8B8X8(134, 16, 8, 0, GpuFormat.NO_ALPHA);

    /** The shift of a format that has no alpha. */
    public static final int NO_ALPHA = -1;

    /** Bytes of one pixel, in every format. */
    public static final int BYTES_PER_PIXEL = 4;

    private static final GpuFormat[] ALL = values();

    private final int code;
    private final int blueShift;
    private final int greenShift;
    private final int redShift;
    private final int alphaShift;

    GpuFormat(int code, int blueShift, int greenShift, int redShift, int alphaShift) {
        this.code = code;
        this.blueShift = blueShift;
        this.greenShift = greenShift;
        this.redShift = redShift;
        this.alphaShift = alphaShift;
    }

    /**
     * {@return the format, if there is one with this code}
     *
     * @param code as in a request
     */
    public static Optional<GpuFormat> ofCode(int code) {
        for (GpuFormat format : ALL) {
            if (format.code == code) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** {@return the value that stands for it in a request} */
    public int code() {
        return code;
    }

    /** {@return where blue begins in a pixel} */
    public int blueShift() {
        return blueShift;
    }

    /** {@return where green begins in a pixel} */
    public int greenShift() {
        return greenShift;
    }

    /** {@return where red begins in a pixel} */
    public int redShift() {
        return redShift;
    }

    /** {@return where alpha begins in a pixel, or {@link #NO_ALPHA}} */
    public int alphaShift() {
        return alphaShift;
    }
}
