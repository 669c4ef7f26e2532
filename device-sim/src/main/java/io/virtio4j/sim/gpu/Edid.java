// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplayMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a display says of itself: one block of 128 bytes with its preferred timing, its size, its colours (sRGB) and its name.
 *
 * <pre>
 *   0        8            18     20         25           35            54               72              126    128
 *   +--------+------------+------+----------+------------+-------------+----------------+---------------+------+
 *   | header | vendor,    | 1.4  | basic    | chroma-    | established | preferred      | name, and two | ext, |
 *   |        | product    |      | features | ticity     | + standard  | timing         | unused ones   | sum  |
 *   +--------+------------+------+----------+------------+-------------+----------------+---------------+------+
 * </pre>
 *
 * <p>VESA Enhanced EDID Standard, release A, revision 2 (E-EDID 1.4), section 3.
 */
final class Edid {
    static final int BLOCK_BYTES = 128;

    private static final byte[] HEADER = {0, -1, -1, -1, -1, -1, -1, 0};

    private static final int VENDOR = 8;
    private static final int PRODUCT = 10;
    private static final int SERIAL = 12;
    private static final int YEAR = 17;
    private static final int VERSION = 18;
    private static final int INPUT = 20;
    private static final int WIDTH_CM = 21;
    private static final int HEIGHT_CM = 22;
    private static final int GAMMA = 23;
    private static final int FEATURES = 24;
    private static final int CHROMATICITY = 25;
    private static final int STANDARD_TIMINGS = 38;
    private static final int STANDARD_TIMINGS_END = 54;
    private static final int PREFERRED_TIMING = 54;
    private static final int NAME = 72;
    private static final int UNUSED = 90;
    private static final int DESCRIPTOR_BYTES = 18;
    private static final int CHECKSUM = 127;

    /** "VTJ": five bits a letter. */
    private static final int VENDOR_CODE = ('V' - '@') << 10 | ('T' - '@') << 5 | ('J' - '@');

    private static final int PRODUCT_CODE = 1;
    private static final int MODEL_YEAR = 2026 - 1990;
    private static final int DIGITAL_8_BITS_A_COLOUR = 0xA0;
    private static final int GAMMA_2_2 = 220 - 100;

    /** sRGB, RGB 4:4:4, and the preferred timing is the one of the pixels. */
    private static final int FEATURE_BITS = 0x06;

    /** The primaries and the white of sRGB, ten bits each. */
    private static final int[] SRGB = {0xEE, 0x91, 0xA3, 0x54, 0x4C, 0x99, 0x26, 0x0F, 0x50, 0x54};

    private static final int NO_STANDARD_TIMING = 0x01;
    private static final int TAG_NAME = 0xFC;
    private static final int TAG_UNUSED = 0x10;
    private static final int NAME_BYTES = 13;

    private Edid() {}

    /**
     * Makes the block.
     *
     * @param scanoutId tells displays apart: it is the serial number, and in the name
     * @param mode the display
     * @return 128 bytes; none if no display is plugged in, or it has more than 4095 pixels in a row or a column, which a block
     *     cannot tell
     */
    static byte[] of(int scanoutId, DisplayMode mode) {
        if (!mode.enabled() || !EdidTiming.fits(mode.width(), mode.height())) {
            return new byte[0];
        }
        EdidTiming timing = EdidTiming.of(mode.width(), mode.height());
        byte[] block = Arrays.copyOf(HEADER, BLOCK_BYTES);
        // The vendor is the one field whose high byte comes first.
        block[VENDOR] = (byte) (VENDOR_CODE >>> Byte.SIZE);
        block[VENDOR + 1] = (byte) VENDOR_CODE;
        block[PRODUCT] = PRODUCT_CODE;
        block[SERIAL] = (byte) (scanoutId + 1);
        block[VERSION - 2] = (byte) 0xFF; // the year is the model's, there is no week
        block[YEAR] = MODEL_YEAR;
        block[VERSION] = 1;
        block[VERSION + 1] = 4;
        block[INPUT] = (byte) DIGITAL_8_BITS_A_COLOUR;
        putSizeCm(block, timing);
        block[GAMMA] = GAMMA_2_2;
        block[FEATURES] = FEATURE_BITS;
        for (int i = 0; i < SRGB.length; i++) {
            block[CHROMATICITY + i] = (byte) SRGB[i];
        }
        Arrays.fill(block, STANDARD_TIMINGS, STANDARD_TIMINGS_END, (byte) NO_STANDARD_TIMING);
        timing.put(block, PREFERRED_TIMING);
        putName(block, "virtio4j " + scanoutId);
        for (int at = UNUSED; at + DESCRIPTOR_BYTES < BLOCK_BYTES; at += DESCRIPTOR_BYTES) {
            block[at + 3] = TAG_UNUSED;
        }
        int sum = 0;
        for (byte b : block) {
            sum += b;
        }
        block[CHECKSUM] = (byte) -sum;
        return block;
    }

    /** Both or none: one alone would be taken for a ratio. */
    private static void putSizeCm(byte[] block, EdidTiming timing) {
        int widthCm = Math.round(timing.widthMm() / 10f);
        int heightCm = Math.round(timing.heightMm() / 10f);
        if (widthCm > 0 && heightCm > 0) {
            block[WIDTH_CM] = (byte) widthCm;
            block[HEIGHT_CM] = (byte) heightCm;
        }
    }

    private static void putName(byte[] block, String name) {
        block[NAME + 3] = (byte) TAG_NAME;
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        int from = NAME + DESCRIPTOR_BYTES - NAME_BYTES;
        Arrays.fill(block, from, from + NAME_BYTES, (byte) ' ');
        System.arraycopy(text, 0, block, from, text.length);
        block[from + text.length] = '\n';
    }
}
