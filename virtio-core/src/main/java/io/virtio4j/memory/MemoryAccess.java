// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;

/**
 * Chooses the one production class of {@link SharedMemory} for this JVM, once.
 *
 * <p>Agrona reaches memory through {@code jdk.internal.misc.Unsafe}, which {@code java.base} exports only on request. To
 * ask the module system costs nothing and, unlike a try with Agrona's classes, leaves none of them in a failed state.
 */
final class MemoryAccess {
    static final String FLAG_HINT =
            "virtio4j needs the JVM flag --add-exports java.base/jdk.internal.misc=ALL-UNNAMED (with Agrona on the module"
                    + " path: --add-exports java.base/jdk.internal.misc=org.agrona); add it to the java command line";

    private static final int ALIGNMENT_BYTES = 4096;
    private static final int WRAP_ALIGNMENT_BYTES = 16;
    private static final int MAX_LENGTH_BYTES = Integer.MAX_VALUE - 2 * ALIGNMENT_BYTES + 1;

    private MemoryAccess() {}

    static SharedMemory allocate(long lengthBytes, long guestAddress) {
        requireFlag();
        if (lengthBytes <= 0 || lengthBytes > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "a region's length must be 1.." + MAX_LENGTH_BYTES + " bytes, not " + lengthBytes);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) lengthBytes + ALIGNMENT_BYTES);
        int pastBoundary = buffer.alignmentOffset(0, ALIGNMENT_BYTES);
        int start = pastBoundary == 0 ? 0 : ALIGNMENT_BYTES - pastBoundary;
        return new AgronaMemory(buffer.slice(start, (int) lengthBytes), guestAddress);
    }

    static SharedMemory wrap(ByteBuffer buffer, long guestAddress) {
        requireFlag();
        if (!buffer.isDirect() || buffer.isReadOnly() || !buffer.hasRemaining()) {
            throw new IllegalArgumentException("a region needs a direct, writable buffer that is not empty: " + buffer);
        }
        ByteBuffer slice = buffer.slice();
        if (slice.alignmentOffset(0, WRAP_ALIGNMENT_BYTES) != 0) {
            throw new IllegalArgumentException("a region must start at a multiple of " + WRAP_ALIGNMENT_BYTES
                    + " bytes; the buffer's first byte is " + slice.alignmentOffset(0, WRAP_ALIGNMENT_BYTES)
                    + " past one");
        }
        return new AgronaMemory(slice, guestAddress);
    }

    private static void requireFlag() {
        if (!isInternalMiscExported(UnsafeApi.class.getModule())) {
            throw new IllegalStateException(FLAG_HINT);
        }
    }

    static boolean isInternalMiscExported(Module to) {
        return Object.class.getModule().isExported("jdk.internal.misc", to);
    }
}
