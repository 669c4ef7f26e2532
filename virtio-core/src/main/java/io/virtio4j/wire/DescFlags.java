// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Flags of a descriptor, the same three bits in both ring formats. VirtIO 1.2, 2.7.5 The Virtqueue Descriptor Table. */
public final class DescFlags {
    /** The chain goes on in the descriptor that {@code next} names. */
    public static final int NEXT = 1;

    /** The device writes this buffer; without it, the device reads it. */
    public static final int WRITE = 2;

    /** The buffer holds a table of descriptors. */
    public static final int INDIRECT = 4;

    private DescFlags() {}
}
