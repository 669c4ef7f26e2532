// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A region reached through byte-buffer view handles, for a JVM that does not export {@code jdk.internal.misc} to Agrona.
 * What the handles are asked for, direct and aligned memory, is what makes their ordered modes available for 16 bits.
 *
 * <p>The handles check the index again, and a reference to the buffer stands between the region and its address: that is
 * what this costs. Nothing outside {@link MemoryAccess} may name this class.
 */
final class ViewMemory extends WindowedMemory {
    private static final VarHandle LE16 = MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LE32 = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LE64 = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer head;

    private ViewMemory(List<ByteBuffer> windows, long guestAddress) {
        super(windows, guestAddress);
        this.head = window(0);
    }

    /** Typed so that nobody has to load this class in order to verify a call. */
    static SharedMemory over(List<ByteBuffer> windows, long guestAddress) {
        return new ViewMemory(windows, guestAddress);
    }

    /**
     * Whether a plain access lies in the first window: none of the numbers is negative. What is left after the size is among
     * them because what is left after the offset could otherwise wrap round to a positive number.
     */
    private boolean isInHead(long offset, int sizeBytes) {
        long left = headBytes - sizeBytes;
        return (offset | left | (left - offset)) >= 0;
    }

    /** The window of an ordered access. */
    private ByteBuffer aligned(long offset, int sizeBytes) {
        // The last term is negative when the offset is not aligned.
        if ((offset | (headBytes - sizeBytes - offset) | -(offset & (sizeBytes - 1))) >= 0) {
            return head;
        }
        checkAligned(offset, sizeBytes);
        return window(windowIndex(offset));
    }

    @Override
    public int getLe16Opaque(long offset) {
        return (short) LE16.getOpaque(aligned(offset, Short.BYTES), inWindow(offset)) & 0xFFFF;
    }

    @Override
    public int getLe32Opaque(long offset) {
        return (int) LE32.getOpaque(aligned(offset, Integer.BYTES), inWindow(offset));
    }

    @Override
    public void putLe16Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        LE16.setOpaque(aligned(offset, Short.BYTES), inWindow(offset), (short) value);
    }

    @Override
    public void putLe32Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        LE32.setOpaque(aligned(offset, Integer.BYTES), inWindow(offset), value);
    }

    @Override
    public int getLe16Opaque(Mb published, long offset) {
        Objects.requireNonNull(published);
        return getLe16Opaque(offset);
    }

    @Override
    public int getLe32Opaque(Mb published, long offset) {
        Objects.requireNonNull(published);
        return getLe32Opaque(offset);
    }

    @Override
    public void putSuppressionLe16(long offset, int value) {
        LE16.setOpaque(aligned(offset, Short.BYTES), inWindow(offset), (short) value);
    }

    @Override
    public int getLe16(Rmb seen, long offset) {
        Objects.requireNonNull(seen);
        return getLe16(offset);
    }

    @Override
    public int getLe32(Rmb seen, long offset) {
        Objects.requireNonNull(seen);
        return getLe32(offset);
    }

    @Override
    public long getLe64(Rmb seen, long offset) {
        Objects.requireNonNull(seen);
        return getLe64(offset);
    }

    @Override
    public int getByte(long offset) {
        return (isInHead(offset, Byte.BYTES) ? head.get((int) offset) : loadFar8(offset)) & 0xFF;
    }

    @Override
    public void putByte(long offset, int value) {
        if (isInHead(offset, Byte.BYTES)) {
            head.put((int) offset, (byte) value);
        } else {
            storeFar8(offset, (byte) value);
        }
    }

    @Override
    public int getLe16(long offset) {
        return isInHead(offset, Short.BYTES) ? (short) LE16.get(head, (int) offset) & 0xFFFF : loadFar16(offset);
    }

    @Override
    public void putLe16(long offset, int value) {
        if (isInHead(offset, Short.BYTES)) {
            LE16.set(head, (int) offset, (short) value);
        } else {
            storeFar16(offset, value);
        }
    }

    @Override
    public int getLe32(long offset) {
        return isInHead(offset, Integer.BYTES) ? (int) LE32.get(head, (int) offset) : loadFar32(offset);
    }

    @Override
    public void putLe32(long offset, int value) {
        if (isInHead(offset, Integer.BYTES)) {
            LE32.set(head, (int) offset, value);
        } else {
            storeFar32(offset, value);
        }
    }

    @Override
    public long getLe64(long offset) {
        return isInHead(offset, Long.BYTES) ? (long) LE64.get(head, (int) offset) : loadFar64(offset);
    }

    @Override
    public void putLe64(long offset, long value) {
        if (isInHead(offset, Long.BYTES)) {
            LE64.set(head, (int) offset, value);
        } else {
            storeFar64(offset, value);
        }
    }
}
