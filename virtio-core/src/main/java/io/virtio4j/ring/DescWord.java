// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

/**
 * The second half of a split descriptor as one 64-bit value: length in bits 0-31, flags in 32-47, next in 48-63, which
 * is how the 8 little-endian bytes at offset 8 read. VirtIO 1.2, 2.7.5 The Virtqueue Descriptor Table.
 */
public final class DescWord {
    private static final int FLAGS_SHIFT = 32;
    private static final int NEXT_SHIFT = 48;

    private DescWord() {}

    /**
     * {@return the word}
     *
     * @param lengthBytes 32 unsigned bits
     * @param flags 16 bits
     * @param next 16 bits
     */
    public static long of(int lengthBytes, int flags, int next) {
        return (lengthBytes & 0xFFFF_FFFFL) | ((flags & 0xFFFFL) << FLAGS_SHIFT) | ((long) next << NEXT_SHIFT);
    }

    /**
     * {@return 0..2^32-1}
     *
     * @param word the word
     */
    public static long lengthBytes(long word) {
        return word & 0xFFFF_FFFFL;
    }

    /**
     * {@return 0..65535}
     *
     * @param word the word
     */
    public static int flags(long word) {
        return (int) (word >>> FLAGS_SHIFT) & 0xFFFF;
    }

    /**
     * {@return 0..65535}
     *
     * @param word the word
     */
    public static int next(long word) {
        return (int) (word >>> NEXT_SHIFT);
    }
}
