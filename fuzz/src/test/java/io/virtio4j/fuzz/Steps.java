// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

/** An input, read from its front. What is asked for behind its end is zero, so that a shortened input still means something. */
final class Steps {
    /** Values at which something may go wrong: what mutations of a field are drawn from, besides any. */
    private static final long[] EDGES = {
        0,
        1,
        2,
        3,
        7,
        8,
        15,
        16,
        17,
        24,
        31,
        32,
        63,
        64,
        255,
        256,
        511,
        512,
        513,
        4095,
        4096,
        0x7FFF,
        0x8000,
        0xFFFE,
        0xFFFF,
        0x1_0000,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFF0L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -16
    };

    private final byte[] input;
    private int at;
    private long done;

    Steps(byte[] input) {
        this.input = input;
    }

    /** Begins a step, if there are bytes left for one. */
    boolean next() {
        if (at >= input.length) {
            return false;
        }
        done++;
        return true;
    }

    /** {@return how many steps have begun} */
    long done() {
        return done;
    }

    int byteValue() {
        return at < input.length ? input[at++] & 0xFF : 0;
    }

    int le16() {
        return byteValue() | byteValue() << 8;
    }

    int le32() {
        return le16() | le16() << 16;
    }

    long le64() {
        return (le32() & 0xFFFF_FFFFL) | (long) le32() << 32;
    }

    /** {@return 0 up to the bound, which is at most 65536} */
    int below(int bound) {
        return (bound <= 256 ? byteValue() : le16()) % bound;
    }

    /** {@return true one time in so many; never behind the end} */
    boolean oneIn(int n) {
        return at < input.length && below(n) == 0;
    }

    /** {@return one of the values at which something may go wrong} */
    long edge() {
        return EDGES[below(EDGES.length)];
    }

    /** {@return a value that a peer should send, or now and then one that it should not} */
    long mostly(long right, int oneWrongIn) {
        if (!oneIn(oneWrongIn)) {
            return right;
        }
        return switch (below(4)) {
            case 0 -> right + 1;
            case 1 -> right - 1;
            case 2 -> edge();
            default -> right ^ (1L << below(64));
        };
    }
}
