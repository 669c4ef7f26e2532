// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Objects;

/**
 * A region made of windows, since a byte buffer counts in ints: all of the same length, a power of two, but the last,
 * which may be shorter. A region of less than 2 GiB is one window.
 *
 * <pre>
 *   offset:  0              windowBytes       2 * windowBytes      lengthBytes()
 *            | windows[0] = head | windows[1]      | windows[2] ... |
 * </pre>
 *
 * <p>An access within the first window is the fast path, which the subclass writes out; one test finds it and is the
 * bounds check as well. Everything else comes here: the other windows, plain accesses that straddle two, and what does
 * not fit. An aligned access never straddles. Ranges of bytes are cut at the windows and given to NIO, whose absolute
 * bulk methods copy without allocating.
 */
abstract class WindowedMemory extends SharedMemory {
    /** A fill writes so many bytes one by one, and doubles what is there up to a piece that stays in the cache. */
    private static final int FILL_SEED_BYTES = 32;

    private static final int FILL_MAX_STEP_BYTES = 1 << 16;

    /** The first window's length: all of the region, mostly. */
    final long headBytes;

    private final ByteBuffer[] windows;
    private final IntBuffer[] ints;
    private final int windowShift;
    private final long windowMask;

    /** Expects what {@link MemoryAccess} has checked. */
    WindowedMemory(List<ByteBuffer> slices, long guestAddress) {
        super(
                guestAddress,
                MemoryAccess.totalBytes(slices),
                slices.size() == 1 ? ONE_WINDOW : slices.get(0).capacity());
        this.windows = slices.stream()
                .map(slice -> slice.duplicate().order(ByteOrder.LITTLE_ENDIAN))
                .toArray(ByteBuffer[]::new);
        this.ints = slices.stream()
                .map(slice -> slice.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer())
                .toArray(IntBuffer[]::new);
        this.headBytes = windows[0].capacity();
        this.windowMask = windowBytes() - 1;
        this.windowShift = Long.numberOfTrailingZeros(windowBytes());
    }

    final ByteBuffer window(int index) {
        return windows[index];
    }

    final int windowCount() {
        return windows.length;
    }

    /** Which window holds an offset that was checked. */
    final int windowIndex(long offset) {
        return (int) (offset >>> windowShift);
    }

    /** Where an offset lies in its window. */
    final int inWindow(long offset) {
        return (int) (offset & windowMask);
    }

    // --- what the fast path did not take -------------------------------------------------------------------------

    final void check(long offset, long sizeBytes) {
        // All of these must be non-negative: one test of the sign bits. What is left of the region after the size is
        // among
        // them because what is left after the offset could otherwise wrap round to a positive number.
        long left = lengthBytes() - sizeBytes;
        if ((offset | sizeBytes | left | (left - offset)) < 0) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + ", " + sizeBytes + " bytes, in a region of " + lengthBytes() + " bytes");
        }
    }

    /** For an ordered access: the memory is aligned where the offset is. */
    final void checkAligned(long offset, int sizeBytes) {
        check(offset, sizeBytes);
        if ((offset & (sizeBytes - 1)) != 0) {
            throw new IllegalArgumentException(
                    "an ordered access of " + sizeBytes + " bytes needs an aligned offset, not " + offset);
        }
    }

    private boolean straddles(long offset, int sizeBytes) {
        return inWindow(offset) > windowMask + 1 - sizeBytes;
    }

    final byte loadFar8(long offset) {
        check(offset, Byte.BYTES);
        return windows[windowIndex(offset)].get(inWindow(offset));
    }

    final void storeFar8(long offset, byte value) {
        check(offset, Byte.BYTES);
        windows[windowIndex(offset)].put(inWindow(offset), value);
    }

    final int loadFar16(long offset) {
        check(offset, Short.BYTES);
        return straddles(offset, Short.BYTES)
                ? (int) loadBytewise(offset, Short.BYTES)
                : windows[windowIndex(offset)].getShort(inWindow(offset)) & 0xFFFF;
    }

    final void storeFar16(long offset, int value) {
        check(offset, Short.BYTES);
        if (straddles(offset, Short.BYTES)) {
            storeBytewise(offset, Short.BYTES, value);
        } else {
            windows[windowIndex(offset)].putShort(inWindow(offset), (short) value);
        }
    }

    final int loadFar32(long offset) {
        check(offset, Integer.BYTES);
        return straddles(offset, Integer.BYTES)
                ? (int) loadBytewise(offset, Integer.BYTES)
                : windows[windowIndex(offset)].getInt(inWindow(offset));
    }

    final void storeFar32(long offset, int value) {
        check(offset, Integer.BYTES);
        if (straddles(offset, Integer.BYTES)) {
            storeBytewise(offset, Integer.BYTES, value);
        } else {
            windows[windowIndex(offset)].putInt(inWindow(offset), value);
        }
    }

    final long loadFar64(long offset) {
        check(offset, Long.BYTES);
        return straddles(offset, Long.BYTES)
                ? loadBytewise(offset, Long.BYTES)
                : windows[windowIndex(offset)].getLong(inWindow(offset));
    }

    final void storeFar64(long offset, long value) {
        check(offset, Long.BYTES);
        if (straddles(offset, Long.BYTES)) {
            storeBytewise(offset, Long.BYTES, value);
        } else {
            windows[windowIndex(offset)].putLong(inWindow(offset), value);
        }
    }

    private long loadBytewise(long offset, int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (loadFar8(offset + i) & 0xFFL) << (Byte.SIZE * i);
        }
        return value;
    }

    private void storeBytewise(long offset, int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            storeFar8(offset + i, (byte) (value >>> (Byte.SIZE * i)));
        }
    }

    // --- ranges --------------------------------------------------------------------------------------------------

    /** How much of a range lies in the window of its first byte. */
    private int piece(long offset, long lengthBytes) {
        int index = windowIndex(offset);
        return (int) Math.min(lengthBytes, windows[index].capacity() - inWindow(offset));
    }

    @Override
    public final void getBytes(long offset, byte[] destination, int destinationIndex, int lengthBytes) {
        check(offset, lengthBytes);
        Objects.checkFromIndexSize(destinationIndex, lengthBytes, destination.length);
        for (int done = 0; done < lengthBytes; ) {
            long at = offset + done;
            int piece = piece(at, lengthBytes - done);
            windows[windowIndex(at)].get(inWindow(at), destination, destinationIndex + done, piece);
            done += piece;
        }
    }

    @Override
    public final void putBytes(long offset, byte[] source, int sourceIndex, int lengthBytes) {
        check(offset, lengthBytes);
        Objects.checkFromIndexSize(sourceIndex, lengthBytes, source.length);
        for (int done = 0; done < lengthBytes; ) {
            long at = offset + done;
            int piece = piece(at, lengthBytes - done);
            windows[windowIndex(at)].put(inWindow(at), source, sourceIndex + done, piece);
            done += piece;
        }
    }

    @Override
    public final void putLe32s(long offset, int[] source, int sourceIndex, int count) {
        check(offset, (long) count * Integer.BYTES);
        Objects.checkFromIndexSize(sourceIndex, count, source.length);
        if ((offset & (Integer.BYTES - 1)) != 0) {
            for (int i = 0; i < count; i++) {
                putLe32(offset + (long) i * Integer.BYTES, source[sourceIndex + i]);
            }
            return;
        }
        for (int done = 0; done < count; ) {
            long at = offset + (long) done * Integer.BYTES;
            int piece = piece(at, (long) (count - done) * Integer.BYTES) / Integer.BYTES;
            ints[windowIndex(at)].put(inWindow(at) / Integer.BYTES, source, sourceIndex + done, piece);
            done += piece;
        }
    }

    @Override
    public final void getLe32s(long offset, int[] destination, int destinationIndex, int count) {
        check(offset, (long) count * Integer.BYTES);
        Objects.checkFromIndexSize(destinationIndex, count, destination.length);
        if ((offset & (Integer.BYTES - 1)) != 0) {
            for (int i = 0; i < count; i++) {
                destination[destinationIndex + i] = getLe32(offset + (long) i * Integer.BYTES);
            }
            return;
        }
        for (int done = 0; done < count; ) {
            long at = offset + (long) done * Integer.BYTES;
            int piece = piece(at, (long) (count - done) * Integer.BYTES) / Integer.BYTES;
            ints[windowIndex(at)].get(inWindow(at) / Integer.BYTES, destination, destinationIndex + done, piece);
            done += piece;
        }
    }

    @Override
    public final void copyTo(long offset, SharedMemory destination, long destinationOffset, long lengthBytes) {
        WindowedMemory target = (WindowedMemory) destination;
        check(offset, lengthBytes);
        target.check(destinationOffset, lengthBytes);
        if (target == this && destinationOffset > offset && destinationOffset - offset < lengthBytes) {
            copyFromTheEnd(offset, destinationOffset, lengthBytes);
            return;
        }
        for (long done = 0; done < lengthBytes; ) {
            long from = offset + done;
            long to = destinationOffset + done;
            int piece = target.piece(to, piece(from, lengthBytes - done));
            target.put(to, this, from, piece);
            done += piece;
        }
    }

    /** Where the target begins inside the source: the pieces in reverse, so that none is overwritten before its turn. */
    private void copyFromTheEnd(long offset, long destinationOffset, long lengthBytes) {
        for (long left = lengthBytes; left > 0; ) {
            int piece =
                    (int) Math.min(left, Math.min(pieceBefore(offset + left), pieceBefore(destinationOffset + left)));
            left -= piece;
            put(destinationOffset + left, this, offset + left, piece);
        }
    }

    /** How many bytes before an offset lie in one window. */
    private long pieceBefore(long end) {
        return inWindow(end - 1) + 1L;
    }

    /** One piece; within it the bytes are copied as if through a temporary. */
    private void put(long offset, WindowedMemory source, long sourceOffset, int lengthBytes) {
        windows[windowIndex(offset)].put(
                inWindow(offset),
                source.windows[source.windowIndex(sourceOffset)],
                source.inWindow(sourceOffset),
                lengthBytes);
    }

    @Override
    public final void fill(long offset, long lengthBytes, int value) {
        check(offset, lengthBytes);
        for (long done = 0; done < lengthBytes; ) {
            long at = offset + done;
            int piece = piece(at, lengthBytes - done);
            fill(windows[windowIndex(at)], inWindow(at), piece, (byte) value);
            done += piece;
        }
    }

    private static void fill(ByteBuffer window, int at, int lengthBytes, byte value) {
        int done = Math.min(lengthBytes, FILL_SEED_BYTES);
        for (int i = 0; i < done; i++) {
            window.put(at + i, value);
        }
        while (done < lengthBytes) {
            int step = Math.min(Math.min(done, FILL_MAX_STEP_BYTES), lengthBytes - done);
            window.put(at + done, window, at, step);
            done += step;
        }
    }

    @Override
    public final ByteBuffer view(long offset, int lengthBytes) {
        check(offset, lengthBytes);
        if (lengthBytes > viewableBytes(offset)) {
            throw new IllegalArgumentException("a view of " + lengthBytes + " bytes at offset " + offset
                    + " would reach beyond a window of " + windowBytes() + " bytes: " + viewableBytes(offset)
                    + " bytes of it lie in one");
        }
        // The end of the region has no window of its own when the last one is full.
        int index = Math.min(windowIndex(offset), windows.length - 1);
        return windows[index]
                .slice((int) (offset - ((long) index << windowShift)), lengthBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
