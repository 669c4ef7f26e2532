// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads an EDID as the standard has it, and not as the code under test writes it. */
final class EdidReader {
    private final byte[] bytes;

    EdidReader(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasHeader() {
        return Arrays.equals(Arrays.copyOf(bytes, 8), new byte[] {0, -1, -1, -1, -1, -1, -1, 0});
    }

    int sum() {
        int sum = 0;
        for (int i = 0; i < 128; i++) {
            sum = (sum + u8(i)) % 256;
        }
        return sum;
    }

    private int u8(int at) {
        return bytes[at] & 0xFF;
    }

    private int twelveBits(int low, int high, int shift) {
        return u8(low) | ((u8(high) >> shift) & 0xF) << 8;
    }

    int width() {
        return twelveBits(56, 58, 4);
    }

    int height() {
        return twelveBits(59, 61, 4);
    }

    int widthMm() {
        return twelveBits(66, 68, 4);
    }

    int heightMm() {
        return twelveBits(67, 68, 0);
    }

    double clockMhz() {
        return (u8(54) | u8(55) << 8) / 100.0;
    }

    double picturesASecond() {
        int totalWidth = width() + twelveBits(57, 58, 0);
        int totalHeight = height() + twelveBits(60, 61, 0);
        return (u8(54) | u8(55) << 8) * 10_000.0 / totalWidth / totalHeight;
    }

    /** Front porch, sync and at least one line or pixel of back porch lie in the blanking. */
    boolean syncsLieInTheBlanking() {
        int horizontal = (u8(62) | (u8(65) >> 6) << 8) + (u8(63) | ((u8(65) >> 4) & 3) << 8);
        int vertical = (u8(64) >> 4 | ((u8(65) >> 2) & 3) << 4) + ((u8(64) & 0xF) | (u8(65) & 3) << 4);
        return horizontal < twelveBits(57, 58, 0) && vertical < twelveBits(60, 61, 0);
    }

    /** The display's name, which is in one of the three other descriptors. */
    String name() {
        for (int at = 72; at < 126; at += 18) {
            if (u8(at) == 0 && u8(at + 1) == 0 && u8(at + 3) == 0xFC) {
                String text = new String(bytes, at + 5, 13, StandardCharsets.US_ASCII);
                return text.substring(0, text.indexOf('\n'));
            }
        }
        return "";
    }

    int serial() {
        return u8(12) | u8(13) << 8 | u8(14) << 16 | u8(15) << 24;
    }
}
