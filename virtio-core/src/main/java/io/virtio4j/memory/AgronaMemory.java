// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * A region whose first window is reached through Agrona's {@link UnsafeApi}, at its address: one test and the access. Not
 * through Agrona's buffers, which offer ordered 16-bit access only as volatile and count offsets in ints.
 *
 * <p>Needs {@code jdk.internal.misc} exported to Agrona; nothing outside {@link MemoryAccess} may name this class.
 */
final class AgronaMemory extends WindowedMemory {
    private static final boolean SWAP = ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN;

    private final long head;
    private final long[] addresses;

    private AgronaMemory(List<ByteBuffer> windows, long guestAddress) {
        super(windows, guestAddress);
        this.addresses = windows.stream().mapToLong(BufferUtil::address).toArray();
        this.head = addresses[0];
    }

    /** Typed so that nobody has to load this class in order to verify a call. */
    static SharedMemory over(List<ByteBuffer> windows, long guestAddress) {
        return new AgronaMemory(windows, guestAddress);
    }

    /**
     * Whether a plain access lies in the first window: none of the numbers is negative. What is left after the size is among
     * them because what is left after the offset could otherwise wrap round to a positive number.
     */
    private boolean isInHead(long offset, int sizeBytes) {
        long left = headBytes - sizeBytes;
        return (offset | left | (left - offset)) >= 0;
    }

    /** Where an ordered access goes. */
    private long aligned(long offset, int sizeBytes) {
        // The last term is negative when the offset is not aligned.
        if ((offset | (headBytes - sizeBytes - offset) | -(offset & (sizeBytes - 1))) >= 0) {
            return head + offset;
        }
        checkAligned(offset, sizeBytes);
        return addresses[windowIndex(offset)] + inWindow(offset);
    }

    private static int le16(short bits) {
        return (SWAP ? Short.reverseBytes(bits) : bits) & 0xFFFF;
    }

    private static short le16(int value) {
        return SWAP ? Short.reverseBytes((short) value) : (short) value;
    }

    private static int le32(int bits) {
        return SWAP ? Integer.reverseBytes(bits) : bits;
    }

    private static long le64(long bits) {
        return SWAP ? Long.reverseBytes(bits) : bits;
    }

    @Override
    public int getLe16Opaque(long offset) {
        return le16(UnsafeApi.getShortOpaque(null, aligned(offset, Short.BYTES)));
    }

    @Override
    public int getLe32Opaque(long offset) {
        return le32(UnsafeApi.getIntOpaque(null, aligned(offset, Integer.BYTES)));
    }

    @Override
    public void putLe16Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        UnsafeApi.putShortOpaque(null, aligned(offset, Short.BYTES), le16(value));
    }

    @Override
    public void putLe32Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        UnsafeApi.putIntOpaque(null, aligned(offset, Integer.BYTES), le32(value));
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
        UnsafeApi.putShortOpaque(null, aligned(offset, Short.BYTES), le16(value));
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
        return (isInHead(offset, Byte.BYTES) ? UnsafeApi.getByte(head + offset) : loadFar8(offset)) & 0xFF;
    }

    @Override
    public void putByte(long offset, int value) {
        if (isInHead(offset, Byte.BYTES)) {
            UnsafeApi.putByte(head + offset, (byte) value);
        } else {
            storeFar8(offset, (byte) value);
        }
    }

    @Override
    public int getLe16(long offset) {
        return isInHead(offset, Short.BYTES)
                ? le16(UnsafeApi.getShortUnaligned(null, head + offset))
                : loadFar16(offset);
    }

    @Override
    public void putLe16(long offset, int value) {
        if (isInHead(offset, Short.BYTES)) {
            UnsafeApi.putShortUnaligned(null, head + offset, le16(value));
        } else {
            storeFar16(offset, value);
        }
    }

    @Override
    public int getLe32(long offset) {
        return isInHead(offset, Integer.BYTES)
                ? le32(UnsafeApi.getIntUnaligned(null, head + offset))
                : loadFar32(offset);
    }

    @Override
    public void putLe32(long offset, int value) {
        if (isInHead(offset, Integer.BYTES)) {
            UnsafeApi.putIntUnaligned(null, head + offset, le32(value));
        } else {
            storeFar32(offset, value);
        }
    }

    @Override
    public long getLe64(long offset) {
        return isInHead(offset, Long.BYTES) ? le64(UnsafeApi.getLongUnaligned(null, head + offset)) : loadFar64(offset);
    }

    @Override
    public void putLe64(long offset, long value) {
        if (isInHead(offset, Long.BYTES)) {
            UnsafeApi.putLongUnaligned(null, head + offset, le64(value));
        } else {
            storeFar64(offset, value);
        }
    }
}
