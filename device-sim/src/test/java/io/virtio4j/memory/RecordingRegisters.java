// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Registers of 32 bits that write down every access to them and every fence, where the test writes down what else happens.
 * Of all accesses these are the ones that registers take; any other is a mistake, and throws. For one thread.
 */
public final class RecordingRegisters extends SharedMemory {
    private final SharedMemory memory;
    private final LongFunction<String> names;
    private final List<String> lines;

    public RecordingRegisters(long lengthBytes, LongFunction<String> names, List<String> lines) {
        super(0, lengthBytes, ONE_WINDOW);
        this.memory = SharedMemory.allocate(lengthBytes, 0);
        this.names = names;
        this.lines = lines;
    }

    private static UnsupportedOperationException noRegister() {
        return new UnsupportedOperationException("registers are loaded and stored as 32 opaque bits");
    }

    @Override
    public Wmb wmb() {
        lines.add("WMB");
        return memory.wmb();
    }

    @Override
    public Rmb rmb() {
        lines.add("RMB");
        return memory.rmb();
    }

    @Override
    public Mb mb() {
        lines.add("MB");
        return memory.mb();
    }

    @Override
    public int getLe32Opaque(long offset) {
        lines.add("opaque load " + names.apply(offset));
        return memory.getLe32Opaque(offset);
    }

    @Override
    public void putLe32Opaque(Wmb published, long offset, int value) {
        lines.add("opaque store " + names.apply(offset));
        memory.putLe32Opaque(published, offset, value);
    }

    @Override
    public int getLe16Opaque(long offset) {
        throw noRegister();
    }

    @Override
    public void putLe16Opaque(Wmb published, long offset, int value) {
        throw noRegister();
    }

    @Override
    public int getLe16Opaque(Mb published, long offset) {
        throw noRegister();
    }

    @Override
    public int getLe32Opaque(Mb published, long offset) {
        throw noRegister();
    }

    @Override
    public void putSuppressionLe16(long offset, int value) {
        throw noRegister();
    }

    @Override
    public int getLe16(Rmb seen, long offset) {
        throw noRegister();
    }

    @Override
    public int getLe32(Rmb seen, long offset) {
        throw noRegister();
    }

    @Override
    public long getLe64(Rmb seen, long offset) {
        throw noRegister();
    }

    @Override
    public int getByte(long offset) {
        throw noRegister();
    }

    @Override
    public void putByte(long offset, int value) {
        throw noRegister();
    }

    @Override
    public int getLe16(long offset) {
        throw noRegister();
    }

    @Override
    public void putLe16(long offset, int value) {
        throw noRegister();
    }

    @Override
    public int getLe32(long offset) {
        throw noRegister();
    }

    @Override
    public void putLe32(long offset, int value) {
        throw noRegister();
    }

    @Override
    public long getLe64(long offset) {
        throw noRegister();
    }

    @Override
    public void putLe64(long offset, long value) {
        throw noRegister();
    }

    @Override
    public void getBytes(long offset, byte[] destination, int destinationIndex, int lengthBytes) {
        throw noRegister();
    }

    @Override
    public void putBytes(long offset, byte[] source, int sourceIndex, int lengthBytes) {
        throw noRegister();
    }

    @Override
    public void putLe32s(long offset, int[] source, int sourceIndex, int count) {
        throw noRegister();
    }

    @Override
    public void getLe32s(long offset, int[] destination, int destinationIndex, int count) {
        throw noRegister();
    }

    @Override
    public void copyTo(long offset, SharedMemory destination, long destinationOffset, long lengthBytes) {
        throw noRegister();
    }

    @Override
    public void fill(long offset, long lengthBytes, int value) {
        throw noRegister();
    }

    @Override
    public ByteBuffer view(long offset, int lengthBytes) {
        throw noRegister();
    }
}
