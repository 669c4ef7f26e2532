// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/**
 * Both halves of a fresh split queue, and the buffers of half as many requests as it has descriptors.
 *
 * <pre>
 *   descriptor table | available ring | used ring | request 0 | response 0 | request 1 | response 1 ...
 * </pre>
 *
 * <p>Each starts on a cache line of its own, so that what a fence orders travels between processors separately.
 */
final class QueuePair {
    static final int SMALL = 4;
    static final int REQUEST_BYTES = 8;
    static final int RESPONSE_BYTES = 16;

    private static final Features BY_FLAG = Features.of(FeatureBits.VERSION_1);
    private static final Features BY_EVENT_IDX = BY_FLAG.with(FeatureBits.EVENT_IDX);

    final DriverQueue driver;
    final DeviceQueue device;
    private final MemoryPiece piece;
    private final int firstBuffer;

    private QueuePair(Features features, int queueSize) {
        int descriptorLines = lines(SplitLayout.descriptorTableBytes(queueSize));
        int availLines = lines(SplitLayout.availRingBytes(queueSize));
        int usedLines = lines(SplitLayout.usedRingBytes(queueSize));
        firstBuffer = descriptorLines + availLines + usedLines;
        piece = MemoryPiece.ofLines(firstBuffer + queueSize);
        QueueAddresses addresses = new QueueAddresses(
                piece.guestAddress(),
                piece.guestAddress() + offsetOfLine(descriptorLines),
                piece.guestAddress() + offsetOfLine(descriptorLines + availLines));
        QueueConfig config = new QueueConfig(0, queueSize, features, addresses);
        // A broken queue is an outcome of its own, so nobody has to be told of it.
        driver = DriverQueue.create(config, piece.guestMemory(), BarrierPolicy.OPTIMIZED, error -> {});
        device = DeviceQueue.create(config, piece.guestMemory(), CallSink.NONE, error -> {});
    }

    /** A queue of four descriptors without EVENT_IDX. */
    static QueuePair byFlag() {
        return new QueuePair(BY_FLAG, SMALL);
    }

    /** A queue of four descriptors with EVENT_IDX. */
    static QueuePair byEventIdx() {
        return new QueuePair(BY_EVENT_IDX, SMALL);
    }

    /** A queue without EVENT_IDX that takes half of {@code queueSize} requests of two descriptors at a time. */
    static QueuePair ofSize(int queueSize) {
        return new QueuePair(BY_FLAG, queueSize);
    }

    private static int lines(int lengthBytes) {
        return (lengthBytes + MemoryPiece.LINE_BYTES - 1) / MemoryPiece.LINE_BYTES;
    }

    private static long offsetOfLine(int line) {
        return (long) line * MemoryPiece.LINE_BYTES;
    }

    SharedMemory memory() {
        return piece.memory();
    }

    /** Where a request's readable bytes lie in {@link #memory()}. */
    long request(int number) {
        return piece.offset() + offsetOfLine(firstBuffer + 2 * number);
    }

    /** Where a request's writable bytes lie in {@link #memory()}. */
    long response(int number) {
        return piece.offset() + offsetOfLine(firstBuffer + 2 * number + 1);
    }

    /** Request and response as one chain of two descriptors. */
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
     * Leaves a first chain with the device, so that the next one starts at a descriptor other than 0 and lies in a slot
     * other than the first: memory that was never written cannot pass for it.
     */
    QueuePair withOneChainInFlight() {
        driver.offer(responseOnly(0), -1);
        device.next();
        return this;
    }
}
