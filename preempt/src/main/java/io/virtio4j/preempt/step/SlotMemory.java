// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * The memory outside the heap in which {@link CpuSlots} lie: a direct buffer, and one method for each kind of access. Where the JVM was
 * started with Agrona's flag the access is an instruction at an address; without it, a byte-buffer view, which checks bounds and
 * costs one to two nanoseconds more each time. One of the two in a JVM, so the compiler leaves the other out.
 *
 * <p>Offsets are not checked here: {@link CpuSlots} knows its layout.
 */
final class SlotMemory {
    private static final boolean BY_ADDRESS = canUseAddresses();
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the memory alive as long as this is. */
    private final ByteBuffer buffer;

    private final long address;

    /** Takes a direct buffer, aligned to 8 bytes. */
    SlotMemory(ByteBuffer buffer) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
        this.address = BY_ADDRESS ? BufferUtil.address(buffer) : 0;
    }

    /** Without the flag, Agrona's class does not link. */
    private static boolean canUseAddresses() {
        try {
            int[] probe = {1};
            return UnsafeApi.getIntOpaque(probe, UnsafeApi.arrayBaseOffset(int[].class)) == 1;
        } catch (LinkageError e) {
            return false;
        }
    }

    void copyTo(byte[] target) {
        buffer.get(0, target, 0, buffer.capacity());
    }

    void copyFrom(byte[] source) {
        buffer.put(0, source, 0, buffer.capacity());
    }

    /** Where an offset lies: its address, or the offset itself where the JVM has no flag. */
    long place(int offset) {
        return address + offset;
    }

    /**
     * Reads at a place. Static, and given what leads to the memory: with an address nothing of it is touched, not even to see whether
     * it is there, which costs more than a nanosecond over the accesses of one guard. {@link #putIntAt} likewise.
     */
    static int getIntAt(GuardPlace guard, int field) {
        return BY_ADDRESS
                ? UnsafeApi.getInt(null, guard.place + field)
                : (int) INT.get(guard.slots.memory.buffer, (int) guard.place + field);
    }

    static void putIntAt(GuardPlace guard, int field, int value) {
        if (BY_ADDRESS) {
            UnsafeApi.putInt(null, guard.place + field, value);
        } else {
            INT.set(guard.slots.memory.buffer, (int) guard.place + field, value);
        }
    }

    int getInt(int offset) {
        return BY_ADDRESS ? UnsafeApi.getInt(null, address + offset) : (int) INT.get(buffer, offset);
    }

    void putInt(int offset, int value) {
        if (BY_ADDRESS) {
            UnsafeApi.putInt(null, address + offset, value);
        } else {
            INT.set(buffer, offset, value);
        }
    }

    int getIntOpaque(int offset) {
        return BY_ADDRESS ? UnsafeApi.getIntOpaque(null, address + offset) : (int) INT.getOpaque(buffer, offset);
    }

    void putIntOpaque(int offset, int value) {
        if (BY_ADDRESS) {
            UnsafeApi.putIntOpaque(null, address + offset, value);
        } else {
            INT.setOpaque(buffer, offset, value);
        }
    }

    void putIntVolatile(int offset, int value) {
        if (BY_ADDRESS) {
            UnsafeApi.putIntVolatile(null, address + offset, value);
        } else {
            INT.setVolatile(buffer, offset, value);
        }
    }

    int getAndAddIntAcquire(int offset, int delta) {
        return BY_ADDRESS
                ? UnsafeApi.getAndAddIntAcquire(null, address + offset, delta)
                : (int) INT.getAndAddAcquire(buffer, offset, delta);
    }

    int getAndSetIntVolatile(int offset, int value) {
        return BY_ADDRESS
                ? UnsafeApi.getAndSetInt(null, address + offset, value)
                : (int) INT.getAndSet(buffer, offset, value);
    }

    long getLongOpaque(int offset) {
        return BY_ADDRESS ? UnsafeApi.getLongOpaque(null, address + offset) : (long) LONG.getOpaque(buffer, offset);
    }

    long getLongVolatile(int offset) {
        return BY_ADDRESS ? UnsafeApi.getLongVolatile(null, address + offset) : (long) LONG.getVolatile(buffer, offset);
    }

    void putLongOpaque(int offset, long value) {
        if (BY_ADDRESS) {
            UnsafeApi.putLongOpaque(null, address + offset, value);
        } else {
            LONG.setOpaque(buffer, offset, value);
        }
    }

    long getAndSetLongAcquire(int offset, long value) {
        return BY_ADDRESS
                ? UnsafeApi.getAndSetLongAcquire(null, address + offset, value)
                : (long) LONG.getAndSetAcquire(buffer, offset, value);
    }

    long getAndBitwiseOrLongVolatile(int offset, long mask) {
        return BY_ADDRESS
                ? UnsafeApi.getAndBitwiseOrLong(null, address + offset, mask)
                : (long) LONG.getAndBitwiseOr(buffer, offset, mask);
    }
}
