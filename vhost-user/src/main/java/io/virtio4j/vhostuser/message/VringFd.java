// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;

/** The payload of SET_VRING_KICK, CALL and ERR: bits 0 to 7 name a ring, bit 8 says that no descriptor comes along. */
final class VringFd {
    private static final long INDEX_MASK = 0xFF;
    private static final long NO_FD = 1 << 8;

    private VringFd() {}

    /** Makes one of the three. */
    @FunctionalInterface
    interface Maker {
        Request make(int index, boolean hasFd);
    }

    static long encode(int index, boolean hasFd) {
        if (index < 0 || index > INDEX_MASK) {
            throw new IllegalArgumentException("a ring is 0.." + INDEX_MASK + ", not " + index);
        }
        return index | (hasFd ? 0 : NO_FD);
    }

    static Incoming read(ByteBuffer in, Maker maker) {
        long said = in.getLong();
        if ((said & ~(INDEX_MASK | NO_FD)) != 0) {
            return new Refusal("a ring's descriptor comes with 0x" + Long.toHexString(said));
        }
        return maker.make((int) (said & INDEX_MASK), (said & NO_FD) == 0);
    }
}
