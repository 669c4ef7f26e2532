// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a display says of itself: its EDID as the device gave it, and what most programs want of it. An immutable value.
 *
 * <pre>
 *   0        8            54            72            90           108           126  127  128
 *   +--------+------------+-------------+-------------+-------------+-------------+----+----+---------- - -
 *   | header | ...        | descriptor  | descriptor  | descriptor  | descriptor  | ext| sum| extensions, 128 each
 *   +--------+------------+-------------+-------------+-------------+-------------+----+----+---------- - -
 * </pre>
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, GET_EDID; the bytes are those of VESA's E-EDID standard.
 */
public final class Edid {
    /** Length of a block in bytes: of the base block, and of each extension. */
    public static final int BLOCK_BYTES = 128;

    private static final byte[] HEADER = {0, -1, -1, -1, -1, -1, -1, 0};
    private static final int FIRST_DESCRIPTOR = 54;
    private static final int DESCRIPTOR_BYTES = 18;
    private static final int DESCRIPTORS_END = FIRST_DESCRIPTOR + 4 * DESCRIPTOR_BYTES;
    private static final int NAME_TAG = 0xFC;
    private static final int TEXT = 5;
    private static final int TEXT_END = 0x0A;

    private final byte[] bytes;
    private final boolean checksumOk;
    private final Optional<String> name;
    private final Optional<Mode> preferredMode;

    /**
     * A size that a display can be driven with.
     *
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     */
    public record Mode(int width, int height) {}

    private Edid(byte[] bytes) {
        this.bytes = bytes;
        this.checksumOk = sumsToZero(bytes);
        this.name = findName(bytes);
        this.preferredMode = findPreferredMode(bytes);
    }

    /**
     * Reads an EDID, wrong checksums included.
     *
     * @param bytes whole blocks of 128 bytes, one at least
     * @return the EDID
     * @throws IllegalArgumentException if it has no whole block, part of one, or does not begin as every EDID does
     */
    public static Edid of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length % BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(
                    "an EDID has whole blocks of " + BLOCK_BYTES + " bytes, not " + bytes.length + " bytes");
        }
        if (!Arrays.equals(bytes, 0, HEADER.length, HEADER, 0, HEADER.length)) {
            throw new IllegalArgumentException("an EDID begins with 00 ff ff ff ff ff ff 00");
        }
        return new Edid(bytes.clone());
    }

    private static boolean sumsToZero(byte[] bytes) {
        boolean all = true;
        for (int block = 0; block < bytes.length; block += BLOCK_BYTES) {
            int sum = 0;
            for (int i = 0; i < BLOCK_BYTES; i++) {
                sum += bytes[block + i];
            }
            all &= (sum & 0xFF) == 0;
        }
        return all;
    }

    private static Optional<String> findName(byte[] bytes) {
        for (int at = FIRST_DESCRIPTOR; at < DESCRIPTORS_END; at += DESCRIPTOR_BYTES) {
            if (!isTiming(bytes, at) && bytes[at + 2] == 0 && (bytes[at + 3] & 0xFF) == NAME_TAG) {
                int end = at + TEXT;
                while (end < at + DESCRIPTOR_BYTES && bytes[end] != TEXT_END) {
                    end++;
                }
                return Optional.of(new String(bytes, at + TEXT, end - at - TEXT, StandardCharsets.ISO_8859_1).strip());
            }
        }
        return Optional.empty();
    }

    /** The first descriptor is the preferred timing; a device that puts it elsewhere means the same. */
    private static Optional<Mode> findPreferredMode(byte[] bytes) {
        for (int at = FIRST_DESCRIPTOR; at < DESCRIPTORS_END; at += DESCRIPTOR_BYTES) {
            if (isTiming(bytes, at)) {
                int width = (bytes[at + 2] & 0xFF) | (bytes[at + 4] & 0xF0) << 4;
                int height = (bytes[at + 5] & 0xFF) | (bytes[at + 7] & 0xF0) << 4;
                return width > 0 && height > 0 ? Optional.of(new Mode(width, height)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A timing has a pixel clock; what has none is something else. */
    private static boolean isTiming(byte[] bytes, int at) {
        return (bytes[at] | bytes[at + 1]) != 0;
    }

    /** {@return a copy of the bytes: whole blocks of 128} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@return whether every block's bytes sum up to 0; if not, the rest may be wrong as well} */
    public boolean isChecksumOk() {
        return checksumOk;
    }

    /** {@return the display's name, if it tells one} */
    public Optional<String> name() {
        return name;
    }

    /** {@return the size that the display likes best, if it tells one: of its first detailed timing} */
    public Optional<Mode> preferredMode() {
        return preferredMode;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Edid edid && Arrays.equals(bytes, edid.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Edid[" + name.orElse("no name") + ", "
                + preferredMode.map(mode -> mode.width() + "x" + mode.height()).orElse("no mode") + ", " + bytes.length
                + " bytes" + (checksumOk ? "" : ", wrong checksum") + "]";
    }
}
