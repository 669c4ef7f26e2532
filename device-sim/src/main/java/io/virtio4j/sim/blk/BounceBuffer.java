// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;

/**
 * A buffer between a file and the many small pieces of a request: one call to the operating system moves what would take
 * one call a piece. One thread at a time.
 *
 * <p>A request longer than the buffer goes through it window by window; {@link #copy} goes on where it ended.
 */
final class BounceBuffer {
    static final int LENGTH_BYTES = 256 << 10;

    private final SharedMemory memory = SharedMemory.allocate(LENGTH_BYTES, 0);
    private final ByteBuffer view = memory.view(0, LENGTH_BYTES);
    private int piece;
    private int within;

    /** Goes to the start of a request's pieces. */
    void rewind() {
        piece = 0;
        within = 0;
    }

    /** {@return the first bytes of the buffer, for a channel} */
    ByteBuffer window(int lengthBytes) {
        return view.clear().limit(lengthBytes);
    }

    /** Copies the next bytes of a write's pieces to the start of the buffer, or from there to a read's. */
    void copy(BlockRequest request, int lengthBytes) {
        boolean read = request.op() == BlockOp.READ;
        int done = 0;
        while (done < lengthBytes) {
            int part = Math.min(request.pieceLengthBytes(piece) - within, lengthBytes - done);
            long offset = request.pieceOffset(piece) + within;
            if (read) {
                memory.copyTo(done, request.pieceMemory(piece), offset, part);
            } else {
                request.pieceMemory(piece).copyTo(offset, memory, done, part);
            }
            done += part;
            within += part;
            if (within == request.pieceLengthBytes(piece)) {
                piece++;
                within = 0;
            }
        }
    }
}
