// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.ErrorHandler;

/**
 * Makes regions, all of the one class that this JVM has chosen.
 *
 * <p>Agrona reaches memory through {@code jdk.internal.misc.Unsafe}, which {@code java.base} exports only on request. To
 * ask the module system costs nothing and, unlike a try with Agrona's classes, leaves none of them in a failed state.
 */
final class MemoryAccess {
    private static final int ALIGNMENT_BYTES = 4096;
    private static final int WRAP_ALIGNMENT_BYTES = 16;
    private static final int MAX_DIRECT_BYTES = Integer.MAX_VALUE - 2 * ALIGNMENT_BYTES + 1;
    private static final int MIN_WINDOW_BYTES = 4096;
    private static final int MAX_WINDOW_BYTES = 1 << 30;

    private static final MemoryChoice CHOICE = MemoryChoice.of(
            System.getProperty(SharedMemory.CHOICE_PROPERTY), isInternalMiscExported(ErrorHandler.class.getModule()));

    static {
        if (CHOICE.hint() != null) {
            System.getLogger(SharedMemory.class.getName()).log(Logger.Level.INFO, CHOICE.hint());
        }
    }

    private MemoryAccess() {}

    static boolean isInternalMiscExported(Module to) {
        return Object.class.getModule().isExported("jdk.internal.misc", to);
    }

    static SharedMemory allocate(long lengthBytes, long guestAddress) {
        SharedMemory.checkPlace(guestAddress, lengthBytes);
        return make(
                () -> lengthBytes <= MAX_DIRECT_BYTES
                        ? List.of(alignedDirect((int) lengthBytes))
                        : SparseFile.map(lengthBytes, MAX_WINDOW_BYTES),
                guestAddress);
    }

    private static ByteBuffer alignedDirect(int lengthBytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(lengthBytes + ALIGNMENT_BYTES);
        int pastBoundary = buffer.alignmentOffset(0, ALIGNMENT_BYTES);
        return buffer.slice(pastBoundary == 0 ? 0 : ALIGNMENT_BYTES - pastBoundary, lengthBytes);
    }

    static SharedMemory wrap(List<ByteBuffer> buffers, long guestAddress) {
        if (buffers.isEmpty()) {
            throw new IllegalArgumentException("a region needs at least one buffer");
        }
        List<ByteBuffer> slices =
                buffers.stream().map(MemoryAccess::checkedSlice).toList();
        if (slices.size() > 1) {
            checkWindowLengths(slices);
        }
        SharedMemory.checkPlace(guestAddress, totalBytes(slices));
        return make(() -> slices, guestAddress);
    }

    private static ByteBuffer checkedSlice(ByteBuffer buffer) {
        if (!buffer.isDirect() || buffer.isReadOnly() || !buffer.hasRemaining()) {
            throw new IllegalArgumentException("a region needs a direct, writable buffer that is not empty: " + buffer);
        }
        ByteBuffer slice = buffer.slice();
        if (slice.alignmentOffset(0, WRAP_ALIGNMENT_BYTES) != 0) {
            throw new IllegalArgumentException("a region must start at a multiple of " + WRAP_ALIGNMENT_BYTES
                    + " bytes; the buffer's first byte is " + slice.alignmentOffset(0, WRAP_ALIGNMENT_BYTES)
                    + " past one");
        }
        return slice;
    }

    private static void checkWindowLengths(List<ByteBuffer> slices) {
        int windowBytes = slices.get(0).capacity();
        if (windowBytes < MIN_WINDOW_BYTES || Integer.bitCount(windowBytes) != 1) {
            throw new IllegalArgumentException("the windows of a region must have a length that is a power of two, at"
                    + " least " + MIN_WINDOW_BYTES + " bytes, not " + windowBytes);
        }
        int last = slices.size() - 1;
        for (int i = 1; i <= last; i++) {
            int length = slices.get(i).capacity();
            if (length > windowBytes || (i < last && length < windowBytes)) {
                throw new IllegalArgumentException(
                        "window " + i + " of a region has " + length + " bytes where the first" + " has " + windowBytes
                                + "; only the last may be shorter, and none longer");
            }
        }
    }

    static long totalBytes(List<ByteBuffer> slices) {
        return slices.stream().mapToLong(ByteBuffer::capacity).sum();
    }

    private static SharedMemory make(Supplier<List<ByteBuffer>> windows, long guestAddress) {
        if (CHOICE.refusal() != null) {
            throw new IllegalStateException(CHOICE.refusal());
        }
        // Two calls and not two news: to verify those, the JVM would load both classes, and C2 would see two.
        return CHOICE.isAgrona()
                ? AgronaMemory.over(windows.get(), guestAddress)
                : ViewMemory.over(windows.get(), guestAddress);
    }
}
