// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One chain of a plain driver: what it sends, and what must come back. */
final class Exchange {
    /** What the room holds before the device writes. */
    private static final int POISON = 0xEE;

    private final List<DmaBuffer> room = new ArrayList<>();
    private final DmaBuffer request;
    private final byte[] sent;
    private final int roomBytes;

    Exchange(DmaArena arena, long seed, int requestBytes, int... roomLengths) {
        sent = new byte[requestBytes];
        new Random(seed).nextBytes(sent);
        request = arena.allocate(requestBytes, Long.BYTES);
        request.memory().putBytes(request.offset(), sent, 0, requestBytes);
        for (int lengthBytes : roomLengths) {
            DmaBuffer buffer = arena.allocate(lengthBytes, Long.BYTES);
            buffer.memory().fill(buffer.offset(), lengthBytes, POISON);
            room.add(buffer);
        }
        roomBytes = Arrays.stream(roomLengths).sum();
    }

    BufferChain chain() {
        BufferChain chain = new BufferChain(1 + room.size()).addReadable(request);
        room.forEach(chain::addWritable);
        return chain;
    }

    /** What is wrong with the answer, as far as the device says to have written it; empty if nothing is. */
    String fault(long writtenBytes) {
        if (writtenBytes > roomBytes) {
            return writtenBytes + " bytes were written to " + roomBytes;
        }
        byte[] answer = new byte[roomBytes];
        int at = 0;
        for (DmaBuffer buffer : room) {
            buffer.memory().getBytes(buffer.offset(), answer, at, (int) buffer.lengthBytes());
            at += (int) buffer.lengthBytes();
        }
        int written = (int) writtenBytes;
        int differs = Arrays.mismatch(answer, 0, written, EchoDevice.echo(sent, roomBytes), 0, written);
        return differs < 0 ? "" : "byte " + differs + " of " + written + " that were written is " + answer[differs];
    }

    /** The device is done with it, or was reset. */
    void free() {
        request.free();
        room.forEach(DmaBuffer::free);
    }
}
