// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How a request came back. A value; any thread.
 *
 * @param usedBytes the used length that the device reported, unsigned
 * @param writable what the chain's writable bytes held then, in order
 * @param before what they held when the request was offered
 */
@SuppressWarnings("ArrayRecordComponent") // made in one place and never compared
public record RequestAnswer(long usedBytes, byte[] writable, byte[] before) {
    /** So many bytes in a row are not equal by chance: the device has not written them. */
    private static final int UNWRITTEN_RUN = 8;

    /**
     * {@return four of the bytes, little-endian}
     *
     * @param offset where they begin
     */
    public int le32(int offset) {
        return ByteBuffer.wrap(writable).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    /**
     * {@return eight of the bytes, little-endian}
     *
     * @param offset where they begin
     */
    public long le64(int offset) {
        return ByteBuffer.wrap(writable).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
    }

    /**
     * {@return whether bytes are as they were}
     *
     * @param from the first
     * @param to the one after the last
     */
    public boolean isUntouched(int from, int to) {
        return from >= to || Arrays.equals(writable, from, to, before, from, to);
    }

    /**
     * Looks for bytes that the used length promises to have been written and that were not: the device has to write at
     * least as many as it says (2.7.8.2 Device Requirements: The Virtqueue Used Ring).
     *
     * @return where such a run begins, or -1
     */
    public int unwrittenPromise() {
        int promised = (int) Math.min(usedBytes, writable.length);
        int run = 0;
        for (int i = 0; i < promised; i++) {
            run = writable[i] == before[i] ? run + 1 : 0;
            if (run == UNWRITTEN_RUN) {
                return i + 1 - UNWRITTEN_RUN;
            }
        }
        return -1;
    }
}
