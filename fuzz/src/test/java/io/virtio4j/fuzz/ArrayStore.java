// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A disk in an array, which ends a request at once, later, or not well, as it is told. */
final class ArrayStore implements BlockStore {
    final byte[] bytes;
    final List<BlockRequest> held = new ArrayList<>();
    boolean holds;
    boolean fails;

    ArrayStore(int lengthBytes) {
        bytes = new byte[lengthBytes];
    }

    @Override
    public long lengthBytes() {
        return bytes.length;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public boolean supports(BlockOp op) {
        return true;
    }

    @Override
    public void submit(BlockRequest request) {
        if (holds) {
            held.add(request);
        } else {
            end(request);
        }
    }

    /** Ends one that is held; of one that the device has taken back nothing is touched. */
    void endOne(int index) {
        BlockRequest request = held.remove(index);
        if (request.claim()) {
            end(request);
        }
    }

    private void end(BlockRequest request) {
        if (fails) {
            request.fail(new IOException("told to"));
            return;
        }
        int at = (int) request.offsetBytes();
        switch (request.op()) {
            case READ -> {
                for (int piece = 0; piece < request.pieces(); piece++) {
                    int length = request.pieceLengthBytes(piece);
                    request.pieceMemory(piece).putBytes(request.pieceOffset(piece), bytes, at, length);
                    at += length;
                }
            }
            case WRITE -> {
                for (int piece = 0; piece < request.pieces(); piece++) {
                    int length = request.pieceLengthBytes(piece);
                    request.pieceMemory(piece).getBytes(request.pieceOffset(piece), bytes, at, length);
                    at += length;
                }
            }
            case FLUSH -> {
                // An array is as durable as it will ever be.
            }
            case DISCARD, WRITE_ZEROES, SECURE_ERASE ->
                Arrays.fill(bytes, at, at + (int) request.lengthBytes(), (byte) 0);
        }
        request.complete();
    }

    @Override
    public void close() {}
}
