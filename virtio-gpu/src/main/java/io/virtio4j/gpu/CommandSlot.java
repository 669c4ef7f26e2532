// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one command: a request and its response, carved out once and used again and again.
 *
 * <pre>
 *   0                        128                               1280
 *   +------------------------+----------------------------------+
 *   | request, driver writes | response, device writes          |
 *   +------------------------+----------------------------------+
 * </pre>
 *
 * <p>While the device owns it, the buffer is pinned; so is the buffer of a request too long for the slot.
 */
final class CommandSlot implements Awaited {
    private static final int RESPONSE = 128;

    /** The longest request that is put together in a slot. */
    private static final int MAX_REQUEST_BYTES = 96;

    /** Length of a slot in bytes; a multiple of two cache lines, so that no two slots share one. */
    static final int LENGTH_BYTES = 1280;

    private static final int MAX_RESPONSE_BYTES = LENGTH_BYTES - RESPONSE;

    /** Holds the slots of a queue; pinned once for each that is in flight. */
    private final DmaBuffer buffer;

    private final SharedMemory memory;
    private final long offset;
    private final BufferChain chain = new BufferChain(2);

    /** A request that does not fit, or null for all that do. */
    private @Nullable DmaBuffer longRequest;

    private int type;
    private long fenceId;
    private boolean inFlight;
    private long writtenBytes;

    /** Whom to tell that the device has used it, or null where somebody waits for the slot itself. */
    private @Nullable CommandBatch batch;

    CommandSlot(DmaBuffer buffer, int index) {
        this.buffer = buffer;
        this.memory = buffer.memory();
        this.offset = buffer.offset() + (long) index * LENGTH_BYTES;
    }

    // --- request -----------------------------------------------------------------------------------------------

    /** Starts a fenced request: its answer means that the device is done with it. */
    void begin(int newType, long newFenceId) {
        type = newType;
        fenceId = newFenceId;
        putLe32(GpuHeader.TYPE, newType);
        putLe32(GpuHeader.FLAGS, GpuHeader.FLAG_FENCE);
        putLe64(GpuHeader.FENCE_ID, newFenceId);
        // ctx_id, ring_idx, and whatever the last command left in what is padding now.
        for (int at = GpuHeader.CTX_ID; at < MAX_REQUEST_BYTES && longRequest == null; at += Long.BYTES) {
            memory.putLe64(offset + at, 0);
        }
    }

    /** Starts a request in a buffer of its own, which is freed when the device has used it. */
    void beginLong(DmaBuffer request, int newType, long newFenceId) {
        longRequest = request;
        begin(newType, newFenceId);
    }

    void putLe32(int at, int value) {
        DmaBuffer own = longRequest;
        if (own == null) {
            memory.putLe32(offset + at, value);
        } else {
            own.memory().putLe32(own.offset() + at, value);
        }
    }

    void putLe64(int at, long value) {
        putLe32(at, (int) value);
        putLe32(at + Integer.BYTES, (int) (value >>> Integer.SIZE));
    }

    void putRect(int at, int x, int y, int width, int height) {
        putLe32(at + GpuLayout.Rect.X, x);
        putLe32(at + GpuLayout.Rect.Y, y);
        putLe32(at + GpuLayout.Rect.WIDTH, width);
        putLe32(at + GpuLayout.Rect.HEIGHT, height);
    }

    /** The descriptors of the request and of room for the response. */
    BufferChain chain(long requestBytes, int responseBytes) {
        DmaBuffer own = longRequest;
        long address = memory.guestAddress() + offset;
        return chain.clear()
                .addReadable(own == null ? address : own.guestAddress(), requestBytes)
                .addWritable(address + RESPONSE, Math.min(responseBytes, MAX_RESPONSE_BYTES));
    }

    @Override
    public int type() {
        return type;
    }

    long fenceId() {
        return fenceId;
    }

    // --- whose it is -------------------------------------------------------------------------------------------

    @Override
    public boolean isInFlight() {
        return inFlight;
    }

    boolean isOf(@Nullable CommandBatch candidate) {
        return batch == candidate;
    }

    void join(CommandBatch newBatch) {
        batch = newBatch;
    }

    /** {@return the batch that it was part of, if any} */
    @Nullable
    CommandBatch leaveBatch() {
        CommandBatch left = batch;
        batch = null;
        return left;
    }

    /** From here on the device owns the memory. */
    void handOver() {
        buffer.pin();
        if (longRequest != null) {
            longRequest.pin();
        }
        inFlight = true;
        writtenBytes = 0;
    }

    /** The device has used it, or never will. */
    void takeBack(long newWrittenBytes) {
        inFlight = false;
        writtenBytes = newWrittenBytes;
        buffer.unpin();
        DmaBuffer own = longRequest;
        if (own != null) {
            longRequest = null;
            own.unpin();
            own.free();
        }
    }

    // --- response ----------------------------------------------------------------------------------------------

    long writtenBytes() {
        return writtenBytes;
    }

    int responseLe32(int at) {
        return memory.getLe32(offset + RESPONSE + at);
    }

    long responseLe64(int at) {
        return memory.getLe64(offset + RESPONSE + at);
    }

    void responseBytes(int at, byte[] destination) {
        memory.getBytes(offset + RESPONSE + at, destination, 0, destination.length);
    }
}
