// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;

/** A request to a store that is done inside submit, without a device: of one piece of memory, any thread's. */
final class DirectRequest implements BlockRequest {
    private static final int SHORTEST_REGION = 8;

    private final BlockOp op;
    private final long offsetBytes;
    private final int lengthBytes;
    private final SharedMemory memory;
    private boolean ended;

    private DirectRequest(BlockOp op, long offsetBytes, byte[] bytes) {
        this.op = op;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = bytes.length;
        this.memory = SharedMemory.allocate(Math.max(bytes.length, SHORTEST_REGION), 0);
        memory.putBytes(0, bytes, 0, bytes.length);
    }

    /**
     * Does one thing.
     *
     * @param bytes what a write writes; of any other request its length counts
     * @return the bytes in the request's memory afterwards
     */
    static byte[] run(BlockStore store, BlockOp op, long offsetBytes, byte[] bytes) {
        DirectRequest request = new DirectRequest(op, offsetBytes, bytes);
        store.submit(request);
        if (!request.ended) {
            throw new AssertionError("not ended inside submit: " + op + " at " + offsetBytes);
        }
        byte[] after = new byte[bytes.length];
        request.memory.getBytes(0, after, 0, after.length);
        return after;
    }

    @Override
    public BlockOp op() {
        return op;
    }

    @Override
    public long offsetBytes() {
        return offsetBytes;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean mayUnmap() {
        return false;
    }

    @Override
    public int pieces() {
        return op == BlockOp.READ || op == BlockOp.WRITE ? 1 : 0;
    }

    @Override
    public SharedMemory pieceMemory(int piece) {
        return memory;
    }

    @Override
    public long pieceOffset(int piece) {
        return 0;
    }

    @Override
    public int pieceLengthBytes(int piece) {
        return lengthBytes;
    }

    @Override
    public ByteBuffer pieceBuffer(int piece) {
        return memory.view(0, lengthBytes);
    }

    @Override
    public boolean claim() {
        return true;
    }

    @Override
    public void complete() {
        ended = true;
    }

    @Override
    public void fail(Throwable cause) {
        throw new AssertionError(op + " at " + offsetBytes, cause);
    }
}
