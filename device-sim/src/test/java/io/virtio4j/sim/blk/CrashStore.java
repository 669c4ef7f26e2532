// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.util.Arrays;

/** A store that would lose in a crash whatever was changed after its last flush. */
final class CrashStore implements BlockStore {
    private final byte[] volatileBytes;
    private byte[] durableBytes;

    CrashStore(int lengthBytes) {
        this.volatileBytes = new byte[lengthBytes];
        this.durableBytes = new byte[lengthBytes];
    }

    byte[] durable() {
        return durableBytes.clone();
    }

    @Override
    public long lengthBytes() {
        return volatileBytes.length;
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
        int at = (int) request.offsetBytes();
        switch (request.op()) {
            case FLUSH -> durableBytes = volatileBytes.clone();
            case DISCARD, WRITE_ZEROES, SECURE_ERASE ->
                Arrays.fill(volatileBytes, at, at + (int) request.lengthBytes(), (byte) 0);
            case READ, WRITE -> {
                for (int piece = 0; piece < request.pieces(); piece++) {
                    int length = request.pieceLengthBytes(piece);
                    if (request.op() == BlockOp.READ) {
                        request.pieceBuffer(piece).put(volatileBytes, at, length);
                    } else {
                        request.pieceBuffer(piece).get(volatileBytes, at, length);
                    }
                    at += length;
                }
            }
        }
        request.complete();
    }

    @Override
    public void close() {}
}
