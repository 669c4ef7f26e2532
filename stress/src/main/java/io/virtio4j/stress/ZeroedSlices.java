// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import java.nio.ByteBuffer;

/** Cuts zeroed direct buffers from a larger one, as {@link MemoryPiece} cuts regions, and for the same reason. One thread. */
final class ZeroedSlices {
    private static final int REGION_BYTES = 1 << 16;

    private final int lengthBytes;
    private final int alignmentBytes;
    private ByteBuffer region = ByteBuffer.allocate(0);

    /**
     * Makes a cutter.
     *
     * @param lengthBytes how long each is, a multiple of the alignment
     * @param alignmentBytes a power of two
     */
    ZeroedSlices(int lengthBytes, int alignmentBytes) {
        this.lengthBytes = lengthBytes;
        this.alignmentBytes = alignmentBytes;
    }

    ByteBuffer cut() {
        if (region.remaining() < lengthBytes) {
            region = ByteBuffer.allocateDirect(REGION_BYTES + alignmentBytes).alignedSlice(alignmentBytes);
        }
        ByteBuffer slice = region.slice(region.position(), lengthBytes);
        region.position(region.position() + lengthBytes);
        return slice;
    }
}
