// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * Real memory that writes down every access to it and every fence, in the order of the calls.
 *
 * <p>A line is {@code store desc[0].addr}, {@code load ring[3]}, {@code opaque load used.idx}, or a fence: {@code WMB},
 * {@code RMB}, {@code MB}. What the places are called is the test's to say, and what else happened in between. For one
 * thread.
 */
public final class RecordingMemory extends SharedMemory {
    private final SharedMemory memory;
    private final List<String> lines = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private long watchedOffset = -1;
    private int untilChange;
    private Runnable change = () -> {};
    private boolean changeIsDue;
    private Names names = (offset, lengthBytes) -> Long.toString(offset);

    public RecordingMemory(long lengthBytes, long guestAddress) {
        super(guestAddress, lengthBytes, ONE_WINDOW);
        this.memory = SharedMemory.allocate(lengthBytes, guestAddress);
    }

    /** Bytes that were loaded at once. */
    private record Load(long offset, long lengthBytes) {
        boolean covers(long at) {
            return at >= offset && at < offset + lengthBytes;
        }
    }

    /** Says what the bytes of an access are called. */
    @FunctionalInterface
    public interface Names {
        String of(long offset, long lengthBytes);
    }

    public void nameBy(Names newNames) {
        names = newNames;
    }

    /** Writes down what is no access to this memory, at its place among those that are. */
    public void note(String event) {
        lines.add(event);
    }

    /** The lines of a step, and no others. */
    public List<String> during(Runnable step) {
        forget();
        step.run();
        return lines();
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    public void forget() {
        lines.clear();
        loads.clear();
    }

    /** How often a byte was loaded since all was forgotten, alone or with others. */
    public int loadsOf(long offset) {
        return (int) loads.stream().filter(load -> load.covers(offset)).count();
    }

    /** The bytes that were loaded since all was forgotten. */
    public long[] loadedBytes() {
        return loads.stream()
                .flatMapToLong(load -> LongStream.range(load.offset, load.offset + load.lengthBytes))
                .distinct()
                .sorted()
                .toArray();
    }

    /**
     * Plays a peer that changes this memory between two accesses: behind the load of a byte, the first or a later one, and before
     * whatever comes next. Happens once.
     */
    public void changeAfterLoad(long offset, int times, Runnable newChange) {
        watchedOffset = offset;
        untilChange = times;
        change = newChange;
    }

    /** What the peer does to a byte; not written down. */
    public void invert(long offset) {
        memory.putByte(offset, ~memory.getByte(offset));
    }

    private void beforeAccess() {
        if (changeIsDue) {
            changeIsDue = false;
            change.run();
        }
    }

    public long count(String line) {
        return lines.stream().filter(line::equals).count();
    }

    private void record(String access, long offset, long lengthBytes) {
        beforeAccess();
        lines.add(access + ' ' + names.of(offset, lengthBytes));
        if (access.endsWith("load")) {
            Load load = new Load(offset, lengthBytes);
            loads.add(load);
            changeIsDue = load.covers(watchedOffset) && --untilChange == 0;
        }
    }

    @Override
    public Wmb wmb() {
        beforeAccess();
        lines.add("WMB");
        return memory.wmb();
    }

    @Override
    public Rmb rmb() {
        beforeAccess();
        lines.add("RMB");
        return memory.rmb();
    }

    @Override
    public Mb mb() {
        beforeAccess();
        lines.add("MB");
        return memory.mb();
    }

    @Override
    public int getLe16Opaque(long offset) {
        record("opaque load", offset, 2);
        return memory.getLe16Opaque(offset);
    }

    @Override
    public int getLe32Opaque(long offset) {
        record("opaque load", offset, 4);
        return memory.getLe32Opaque(offset);
    }

    @Override
    public void putLe16Opaque(Wmb published, long offset, int value) {
        record("opaque store", offset, 2);
        memory.putLe16Opaque(published, offset, value);
    }

    @Override
    public void putLe32Opaque(Wmb published, long offset, int value) {
        record("opaque store", offset, 4);
        memory.putLe32Opaque(published, offset, value);
    }

    @Override
    public int getLe16Opaque(Mb published, long offset) {
        record("opaque load", offset, 2);
        return memory.getLe16Opaque(published, offset);
    }

    @Override
    public int getLe32Opaque(Mb published, long offset) {
        record("opaque load", offset, 4);
        return memory.getLe32Opaque(published, offset);
    }

    @Override
    public void putSuppressionLe16(long offset, int value) {
        record("opaque store", offset, 2);
        memory.putSuppressionLe16(offset, value);
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
        record("load", offset, 1);
        return memory.getByte(offset);
    }

    @Override
    public void putByte(long offset, int value) {
        record("store", offset, 1);
        memory.putByte(offset, value);
    }

    @Override
    public int getLe16(long offset) {
        record("load", offset, 2);
        return memory.getLe16(offset);
    }

    @Override
    public void putLe16(long offset, int value) {
        record("store", offset, 2);
        memory.putLe16(offset, value);
    }

    @Override
    public int getLe32(long offset) {
        record("load", offset, 4);
        return memory.getLe32(offset);
    }

    @Override
    public void putLe32(long offset, int value) {
        record("store", offset, 4);
        memory.putLe32(offset, value);
    }

    @Override
    public long getLe64(long offset) {
        record("load", offset, 8);
        return memory.getLe64(offset);
    }

    @Override
    public void putLe64(long offset, long value) {
        record("store", offset, 8);
        memory.putLe64(offset, value);
    }

    @Override
    public void getBytes(long offset, byte[] destination, int destinationIndex, int lengthBytes) {
        record("load", offset, lengthBytes);
        memory.getBytes(offset, destination, destinationIndex, lengthBytes);
    }

    @Override
    public void putBytes(long offset, byte[] source, int sourceIndex, int lengthBytes) {
        record("store", offset, lengthBytes);
        memory.putBytes(offset, source, sourceIndex, lengthBytes);
    }

    @Override
    public void putLe32s(long offset, int[] source, int sourceIndex, int count) {
        record("store", offset, 4L * count);
        memory.putLe32s(offset, source, sourceIndex, count);
    }

    @Override
    public void getLe32s(long offset, int[] destination, int destinationIndex, int count) {
        record("load", offset, 4L * count);
        memory.getLe32s(offset, destination, destinationIndex, count);
    }

    @Override
    public void copyTo(long offset, SharedMemory destination, long destinationOffset, long lengthBytes) {
        throw new UnsupportedOperationException("no path that is under test copies between regions");
    }

    @Override
    public void fill(long offset, long lengthBytes, int value) {
        record("store", offset, lengthBytes);
        memory.fill(offset, lengthBytes, value);
    }

    @Override
    public ByteBuffer view(long offset, int lengthBytes) {
        throw new UnsupportedOperationException("accesses through a view cannot be recorded");
    }
}
