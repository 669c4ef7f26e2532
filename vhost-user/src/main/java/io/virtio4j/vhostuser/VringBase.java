// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.queue.RingFormat;

/**
 * Where a ring stands, as SET_VRING_BASE and GET_VRING_BASE carry it.
 *
 * <pre>
 *   split:   bits 0-15 next available index; the used index lies in the ring
 *   packed:  bits 0-14 next available slot, 15 its wrap counter, 16-30 next used slot, 31 its wrap counter
 * </pre>
 *
 * @param nextAvail 16 bits, as in {@code QueueState}
 * @param nextUsed 16 bits; of a split ring the same as {@code nextAvail}: nothing is in flight
 */
record VringBase(int nextAvail, int nextUsed) {
    private static final int MASK = 0xFFFF;
    private static final int PACKED_START = 0x8000;

    /** {@return where a new ring stands} */
    static VringBase start(RingFormat format) {
        int next = format == RingFormat.PACKED ? PACKED_START : 0;
        return new VringBase(next, next);
    }

    static VringBase decode(RingFormat format, int base) {
        return format == RingFormat.PACKED
                ? new VringBase(base & MASK, base >>> 16)
                : new VringBase(base & MASK, base & MASK);
    }

    int encode(RingFormat format) {
        return format == RingFormat.PACKED ? nextUsed << 16 | nextAvail : nextAvail;
    }
}
