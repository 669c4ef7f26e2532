// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

/**
 * The second half of a packed descriptor as one 64-bit value: length in bits 0-31, id in 32-47, flags in 48-63, which is
 * how the 8 little-endian bytes at offset 8 read. VirtIO 1.2, 2.8.13 The Virtqueue Descriptor Format.
 */
public final class PackedWord {
    private static final int ID_SHIFT = 32;
    private static final int FLAGS_SHIFT = 48;

    private PackedWord() {}

    /**
     * {@return the word}
     *
     * @param lengthBytes 32 unsigned bits
     * @param id 16 bits
     * @param flags 16 bits
     */
    public static long of(int lengthBytes, int id, int flags) {
        return (lengthBytes & 0xFFFF_FFFFL) | ((id & 0xFFFFL) << ID_SHIFT) | ((long) flags << FLAGS_SHIFT);
    }

    /**
     * {@return the length, 0..2^32-1}
     *
     * @param word the word
     */
    public static long lengthBytes(long word) {
        return word & 0xFFFF_FFFFL;
    }

    /**
     * {@return the id, 0..65535}
     *
     * @param word the word
     */
    public static int id(long word) {
        return (int) (word >>> ID_SHIFT) & 0xFFFF;
    }

    /**
     * {@return the flags, 0..65535}
     *
     * @param word the word
     */
    public static int flags(long word) {
        return (int) (word >>> FLAGS_SHIFT);
    }
}
