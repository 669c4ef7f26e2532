// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

/**
 * A detailed timing: 60 pictures a second with reduced blanking, or as many as the pixel clock's field can tell.
 *
 * <p>VESA Coordinated Video Timings 1.1, reduced blanking; E-EDID 1.4, 3.10.2 Detailed Timing Descriptor.
 *
 * @param width visible pixels of a row, 1..4095
 * @param height visible rows, 1..4095
 * @param horizontalBlank pixels of a row that are not visible
 * @param verticalSync rows of the vertical sync pulse; it tells the aspect ratio
 * @param verticalBlank rows that are not visible
 * @param clock10Khz the pixel clock in units of 10 kHz, 1..65535
 */
record EdidTiming(int width, int height, int horizontalBlank, int verticalSync, int verticalBlank, int clock10Khz) {
    private static final int MAX_PIXELS = 4095;
    private static final int MIN_HORIZONTAL_BLANK = 160;
    private static final int HORIZONTAL_FRONT_PORCH = 48;
    private static final int HORIZONTAL_SYNC = 32;
    private static final int VERTICAL_FRONT_PORCH = 3;
    private static final int MIN_VERTICAL_BACK_PORCH = 6;
    private static final double MIN_VERTICAL_BLANK_SECONDS = 460e-6;
    private static final int PICTURES_A_SECOND = 60;
    private static final int HZ_OF_CLOCK_UNIT = 10_000;
    private static final int MAX_CLOCK_UNITS = 0xFFFF;

    /** Slower clocks are taken for a mistake by readers of EDIDs; small displays get more blanking instead. */
    private static final int MIN_CLOCK_HZ = 10_000_000;

    /** As many rows as let the longest row that can be told reach that clock. */
    private static final int MIN_ROWS = 64;

    /** 96 dots an inch. */
    private static final double MM_OF_PIXEL = 25.4 / 96;

    /** Digital, separate syncs: horizontal positive, vertical negative, as reduced blanking has them. */
    private static final int SYNC = 0x1A;

    static boolean fits(int width, int height) {
        return width <= MAX_PIXELS && height <= MAX_PIXELS;
    }

    static EdidTiming of(int width, int height) {
        int sync = verticalSync(width, height);
        double rowSeconds = (1.0 / PICTURES_A_SECOND - MIN_VERTICAL_BLANK_SECONDS) / height;
        int blank = Math.max(
                (int) (MIN_VERTICAL_BLANK_SECONDS / rowSeconds) + 1,
                VERTICAL_FRONT_PORCH + sync + MIN_VERTICAL_BACK_PORCH);
        blank = Math.max(blank, MIN_ROWS - height);
        int rowsASecond = PICTURES_A_SECOND * (height + blank);
        int rowPixels = Math.max(width + MIN_HORIZONTAL_BLANK, (MIN_CLOCK_HZ + rowsASecond - 1) / rowsASecond);
        int clock = (int) Math.min((long) rowsASecond * rowPixels / HZ_OF_CLOCK_UNIT, MAX_CLOCK_UNITS);
        return new EdidTiming(width, height, rowPixels - width, sync, blank, clock);
    }

    private static int verticalSync(int width, int height) {
        if (3 * width == 4 * height) {
            return 4;
        }
        if (9 * width == 16 * height) {
            return 5;
        }
        if (10 * width == 16 * height) {
            return 6;
        }
        return 4 * width == 5 * height || 9 * width == 15 * height ? 7 : 10;
    }

    int widthMm() {
        return (int) Math.max(Math.round(width * MM_OF_PIXEL), 1);
    }

    int heightMm() {
        return (int) Math.max(Math.round(height * MM_OF_PIXEL), 1);
    }

    /** Writes the descriptor's 18 bytes. */
    void put(byte[] block, int at) {
        block[at] = (byte) clock10Khz;
        block[at + 1] = (byte) (clock10Khz >>> Byte.SIZE);
        block[at + 2] = (byte) width;
        block[at + 3] = (byte) horizontalBlank;
        block[at + 4] = highHalves(width, horizontalBlank);
        block[at + 5] = (byte) height;
        block[at + 6] = (byte) verticalBlank;
        block[at + 7] = highHalves(height, verticalBlank);
        block[at + 8] = HORIZONTAL_FRONT_PORCH;
        block[at + 9] = HORIZONTAL_SYNC;
        block[at + 10] = (byte) (VERTICAL_FRONT_PORCH << 4 | verticalSync);
        block[at + 12] = (byte) widthMm();
        block[at + 13] = (byte) heightMm();
        block[at + 14] = highHalves(widthMm(), heightMm());
        block[at + 17] = SYNC;
    }

    /** Bits 8 to 11 of two numbers. */
    private static byte highHalves(int first, int second) {
        return (byte) (first >>> 8 << 4 | second >>> 8);
    }
}
