// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.agrona.concurrent.UnsafeBuffer.SHOULD_BOUNDS_CHECK;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A region over an Agrona buffer outside the heap.
 *
 * <p>The {@link UnsafeBuffer} owns the memory; accesses go through {@link UnsafeApi} at the buffer's address, since the
 * buffer itself offers ordered 16-bit access only as volatile and counts offsets in ints. Bounds are checked unless the
 * JVM runs with Agrona's {@code agrona.disable.bounds.checks}.
 */
final class AgronaMemory extends SharedMemory {
    private static final boolean SWAP = ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN;
    private static final long BYTES_BASE = UnsafeApi.arrayBaseOffset(byte[].class);
    private static final long INTS_BASE = UnsafeApi.arrayBaseOffset(int[].class);

    private final UnsafeBuffer buffer;
    private final long address;
    private final long limit;

    AgronaMemory(ByteBuffer memory, long guestAddress) {
        super(guestAddress, memory.capacity());
        this.buffer = new UnsafeBuffer(memory);
        this.address = buffer.addressOffset();
        this.limit = memory.capacity();
    }

    private void check(long offset, long sizeBytes) {
        // All of these must be non-negative: one test of the sign bits. limit - size is among them because what is left
        // after the offset could otherwise wrap round to a positive number.
        if (SHOULD_BOUNDS_CHECK && (offset | sizeBytes | (limit - sizeBytes) | (limit - sizeBytes - offset)) < 0) {
            throw outOfBounds(offset, sizeBytes);
        }
    }

    private IndexOutOfBoundsException outOfBounds(long offset, long sizeBytes) {
        return new IndexOutOfBoundsException(
                "offset " + offset + ", " + sizeBytes + " bytes, in a region of " + limit + " bytes");
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
        check(offset, Short.BYTES);
        return le16(UnsafeApi.getShortOpaque(null, address + offset));
    }

    @Override
    public int getLe32Opaque(long offset) {
        check(offset, Integer.BYTES);
        return le32(UnsafeApi.getIntOpaque(null, address + offset));
    }

    @Override
    public void putLe16Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        check(offset, Short.BYTES);
        UnsafeApi.putShortOpaque(null, address + offset, le16(value));
    }

    @Override
    public void putLe32Opaque(Wmb published, long offset, int value) {
        Objects.requireNonNull(published);
        check(offset, Integer.BYTES);
        UnsafeApi.putIntOpaque(null, address + offset, le32(value));
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
        check(offset, Short.BYTES);
        UnsafeApi.putShortOpaque(null, address + offset, le16(value));
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
        check(offset, Byte.BYTES);
        return UnsafeApi.getByte(address + offset) & 0xFF;
    }

    @Override
    public void putByte(long offset, int value) {
        check(offset, Byte.BYTES);
        UnsafeApi.putByte(address + offset, (byte) value);
    }

    @Override
    public int getLe16(long offset) {
        check(offset, Short.BYTES);
        return le16(UnsafeApi.getShortUnaligned(null, address + offset));
    }

    @Override
    public void putLe16(long offset, int value) {
        check(offset, Short.BYTES);
        UnsafeApi.putShortUnaligned(null, address + offset, le16(value));
    }

    @Override
    public int getLe32(long offset) {
        check(offset, Integer.BYTES);
        return le32(UnsafeApi.getIntUnaligned(null, address + offset));
    }

    @Override
    public void putLe32(long offset, int value) {
        check(offset, Integer.BYTES);
        UnsafeApi.putIntUnaligned(null, address + offset, le32(value));
    }

    @Override
    public long getLe64(long offset) {
        check(offset, Long.BYTES);
        return le64(UnsafeApi.getLongUnaligned(null, address + offset));
    }

    @Override
    public void putLe64(long offset, long value) {
        check(offset, Long.BYTES);
        UnsafeApi.putLongUnaligned(null, address + offset, le64(value));
    }

    @Override
    public void getBytes(long offset, byte[] destination, int destinationIndex, int lengthBytes) {
        check(offset, lengthBytes);
        Objects.checkFromIndexSize(destinationIndex, lengthBytes, destination.length);
        UnsafeApi.copyMemory(null, address + offset, destination, BYTES_BASE + destinationIndex, lengthBytes);
    }

    @Override
    public void putBytes(long offset, byte[] source, int sourceIndex, int lengthBytes) {
        check(offset, lengthBytes);
        Objects.checkFromIndexSize(sourceIndex, lengthBytes, source.length);
        UnsafeApi.copyMemory(source, BYTES_BASE + sourceIndex, null, address + offset, lengthBytes);
    }

    @Override
    public void putLe32s(long offset, int[] source, int sourceIndex, int count) {
        check(offset, (long) count * Integer.BYTES);
        Objects.checkFromIndexSize(sourceIndex, count, source.length);
        long sourceOffset = INTS_BASE + (long) sourceIndex * Integer.BYTES;
        long lengthBytes = (long) count * Integer.BYTES;
        if (SWAP) {
            UnsafeApi.copySwapMemory(source, sourceOffset, null, address + offset, lengthBytes, Integer.BYTES);
        } else {
            UnsafeApi.copyMemory(source, sourceOffset, null, address + offset, lengthBytes);
        }
    }

    @Override
    public void getLe32s(long offset, int[] destination, int destinationIndex, int count) {
        check(offset, (long) count * Integer.BYTES);
        Objects.checkFromIndexSize(destinationIndex, count, destination.length);
        long destinationOffset = INTS_BASE + (long) destinationIndex * Integer.BYTES;
        long lengthBytes = (long) count * Integer.BYTES;
        if (SWAP) {
            UnsafeApi.copySwapMemory(
                    null, address + offset, destination, destinationOffset, lengthBytes, Integer.BYTES);
        } else {
            UnsafeApi.copyMemory(null, address + offset, destination, destinationOffset, lengthBytes);
        }
    }

    @Override
    public void copyTo(long offset, SharedMemory destination, long destinationOffset, long lengthBytes) {
        AgronaMemory target = (AgronaMemory) destination;
        check(offset, lengthBytes);
        target.check(destinationOffset, lengthBytes);
        UnsafeApi.copyMemory(null, address + offset, null, target.address + destinationOffset, lengthBytes);
    }

    @Override
    public void fill(long offset, long lengthBytes, int value) {
        check(offset, lengthBytes);
        UnsafeApi.setMemory(null, address + offset, lengthBytes, (byte) value);
    }

    @Override
    public ByteBuffer view(long offset, int lengthBytes) {
        check(offset, lengthBytes);
        return buffer.byteBuffer().slice((int) offset, lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
