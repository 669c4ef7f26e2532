// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.QueueState;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;

/**
 * Both halves of a queue that nothing is in flight in, and the buffers of half as many requests as it has descriptors.
 *
 * <pre>
 *   descriptor table | available ring      | used ring          | request 0 | response 0 | request 1 | response 1 ...
 *   descriptor ring  | driver's event area | device's event area| request 0 | response 0 | request 1 | response 1 ...
 * </pre>
 *
 * <p>Each starts on a cache line of its own, so that what a fence orders travels between processors separately.
 */
final class QueuePair {
    static final int SMALL = 4;
    static final int REQUEST_BYTES = 8;
    static final int RESPONSE_BYTES = 16;

    private static final int INDICES = 1 << Short.SIZE;
    private static final int TABLE_ENTRIES = 2;
    private static final UsedHandler NOBODY = (token, writtenBytes) -> {};

    /** The same for all samples of a test, and immutable: its checks cost more than the sample. */
    private static volatile QueueState lastState;

    final DriverQueue driver;
    final DeviceQueue device;
    final QueueConfig config;
    private final MemoryPiece piece;
    private final int firstBuffer;

    /**
     * Makes a queue.
     *
     * @param kind its ring
     * @param size how many descriptors
     * @param beforeWrap where the kind says that it wraps: how many ring entries there are before that, 1 up to the size; an
     *     entry is a chain in a split ring and a descriptor in a packed one
     */
    QueuePair(RingKind kind, int size, int beforeWrap) {
        int descriptorLines = lines(SplitLayout.DESC_BYTES * size);
        int driverLines = lines(kind.isPacked() ? PackedLayout.EVENT_BYTES : SplitLayout.availRingBytes(size));
        int deviceLines = lines(kind.isPacked() ? PackedLayout.EVENT_BYTES : SplitLayout.usedRingBytes(size));
        firstBuffer = descriptorLines + driverLines + deviceLines;
        int bufferLines = Math.max(size, 2);
        boolean indirect = kind.has(FeatureBits.INDIRECT_DESC);
        int tablesBytes = indirect ? (int) RingFormat.indirectTablesBytes(size, TABLE_ENTRIES) : 0;
        piece = indirect
                ? MemoryPiece.ofLines(firstBuffer + bufferLines, tablesBytes)
                : MemoryPiece.ofLines(firstBuffer + bufferLines);
        QueueAddresses addresses = new QueueAddresses(
                piece.guestAddress(),
                piece.guestAddress() + offsetOfLine(descriptorLines),
                piece.guestAddress() + offsetOfLine(descriptorLines + driverLines));
        config = new QueueConfig(0, size, kind.features(), addresses);
        // A broken queue is an outcome of its own, so nobody has to be told of it.
        driver = indirect
                ? DriverQueue.create(
                        config,
                        piece.guestMemory(),
                        BarrierPolicy.OPTIMIZED,
                        error -> {},
                        MemoryPiece.tables(tablesBytes),
                        TABLE_ENTRIES)
                : DriverQueue.create(config, piece.guestMemory(), BarrierPolicy.OPTIMIZED, error -> {});
        if (kind.wraps() && !kind.isPacked()) {
            device = atIndex(INDICES - beforeWrap, descriptorLines, driverLines);
        } else {
            device = DeviceQueue.create(config, piece.guestMemory(), CallSink.NONE, error -> {});
            if (kind.wraps()) {
                turns(size - beforeWrap);
            }
        }
    }

    /** A queue of four descriptors. */
    QueuePair(RingKind kind, int beforeWrap) {
        this(kind, SMALL, beforeWrap);
    }

    private static int lines(int lengthBytes) {
        return (lengthBytes + MemoryPiece.LINE_BYTES - 1) / MemoryPiece.LINE_BYTES;
    }

    private static long offsetOfLine(int line) {
        return (long) line * MemoryPiece.LINE_BYTES;
    }

    /** Both halves and the ring as they are when so many chains have been there and back, modulo 65536. */
    private DeviceQueue atIndex(int index, int descriptorLines, int driverLines) {
        SplitIndices.set(driver, index);
        long avail = piece.offset() + offsetOfLine(descriptorLines);
        long used = avail + offsetOfLine(driverLines);
        memory().putLe16(avail + SplitLayout.AVAIL_IDX, index);
        memory().putLe16(used + SplitLayout.USED_IDX, index);
        QueueState state = lastState;
        if (state == null || state.size() != config.size() || state.nextAvail() != index) {
            state = QueueState.idle(RingFormat.SPLIT, config.size(), index);
            lastState = state;
        }
        DeviceQueue resumed = DeviceQueue.resume(config, piece.guestMemory(), state, CallSink.NONE, error -> {});
        // The state leaves open whether a call is due; none is.
        resumed.callNeeded();
        return resumed;
    }

    /** Sends so many chains of one descriptor there and back. */
    private void turns(int count) {
        BufferChain chain = responseOnly(0);
        for (int i = 0; i < count; i++) {
            driver.offer(chain, -1);
            driver.kickNeeded();
            device.complete(device.next(), 0);
            device.publish();
            device.callNeeded();
            driver.poll(NOBODY, 1);
        }
    }

    SharedMemory memory() {
        return piece.memory();
    }

    MemoryPiece piece() {
        return piece;
    }

    /**
     * Loads from every line of the ring: whoever stores to one of them next must first take it from the other processor, and
     * the store waits in a buffer for so long, while a load that no fence holds back is answered at once.
     */
    void bringRingNear() {
        for (int line = 0; line < firstBuffer; line++) {
            memory().getLe16Opaque(piece.offset() + offsetOfLine(line));
        }
    }

    /** Where a request's readable bytes lie in {@link #memory()}. */
    long request(int number) {
        return piece.offset() + offsetOfLine(firstBuffer + 2 * number);
    }

    /** Where a request's writable bytes lie in {@link #memory()}. */
    long response(int number) {
        return piece.offset() + offsetOfLine(firstBuffer + 2 * number + 1);
    }

    /** Request and response as one chain of two parts. */
    BufferChain requestAndResponse(int number) {
        return new BufferChain(2)
                .addReadable(memory().guestAddress() + request(number), REQUEST_BYTES)
                .addWritable(memory().guestAddress() + response(number), RESPONSE_BYTES);
    }

    /** The request alone: a chain of one descriptor. */
    BufferChain requestOnly(int number) {
        return new BufferChain(1).addReadable(memory().guestAddress() + request(number), REQUEST_BYTES);
    }

    /** The response alone: a chain of one descriptor. */
    BufferChain responseOnly(int number) {
        return new BufferChain(1).addWritable(memory().guestAddress() + response(number), RESPONSE_BYTES);
    }

    /**
     * Leaves a first chain with the device, so that the next one starts at another descriptor and lies in another slot than
     * the first: memory that was never written cannot pass for it.
     */
    QueuePair withOneChainInFlight() {
        driver.offer(responseOnly(0), -1);
        device.next();
        return this;
    }
}
