// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A guest's memory and a second copy of it, in which only what may be written is: four regions of a page, with canaries in
 * between in the process, two of which touch in the guest and two do not.
 *
 * <pre>
 *   guest  0x1000 rings | 0x2000 low | 0x3000 high |  hole  | 0x8000 far
 * </pre>
 */
final class GuestRam {
    static final int PAGE = 4096;
    static final long RINGS = 0x1000;
    static final long LOW = 0x2000;
    static final long HIGH = 0x3000;
    static final long FAR = 0x8000;

    private static final int GUARD = 64;
    private static final long[] BASES = {RINGS, LOW, HIGH, FAR};
    private static final byte CANARY = (byte) 0xC5;

    final SharedMemory[] regions = new SharedMemory[BASES.length];
    final GuestMemory guest;

    /** Everything, canaries and all. */
    private final ByteBuffer whole;

    private final byte[] expected;

    GuestRam() {
        int stride = PAGE + GUARD;
        whole = ByteBuffer.allocateDirect(GUARD + BASES.length * stride + 16).alignedSlice(16);
        expected = new byte[GUARD + BASES.length * stride];
        Arrays.fill(expected, CANARY);
        for (int i = 0; i < BASES.length; i++) {
            int start = GUARD + i * stride;
            Arrays.fill(expected, start, start + PAGE, (byte) 0);
            regions[i] = SharedMemory.wrap(whole.slice(start, PAGE), BASES[i]);
        }
        whole.put(0, expected);
        guest = GuestMemory.of(regions);
    }

    private static int region(long address) {
        for (int i = 0; i < BASES.length; i++) {
            if (address >= BASES[i] && address < BASES[i] + PAGE) {
                return i;
            }
        }
        return -1;
    }

    private int expectedAt(int region, long address) {
        return GUARD + region * (PAGE + GUARD) + (int) (address - BASES[region]);
    }

    /** The peer writes one byte, if there is memory. */
    void poke(long address, int value) {
        int region = region(address);
        if (region >= 0) {
            regions[region].putByte(address - BASES[region], value);
            expected[expectedAt(region, address)] = (byte) value;
        }
    }

    /** The peer writes a little-endian value. */
    void poke(long address, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            poke(address + i, (int) (value >>> (8 * i)) & 0xFF);
        }
    }

    /** {@return the byte at an address as it should be} */
    int peek(long address) {
        int region = region(address);
        return region < 0 ? 0 : expected[expectedAt(region, address)] & 0xFF;
    }

    /** {@return a little-endian value as it should be} */
    long peek(long address, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | peek(address + i);
        }
        return value;
    }

    /** Somebody has been allowed to write a byte there, which is what it is from now on. */
    void allow(SharedMemory region, long offset, int value) {
        expected[expectedAt(region(region.guestAddress()), region.guestAddress() + offset)] = (byte) value;
    }

    /** Somebody may have written there: whatever it is now is right. */
    void accept(long address, int lengthBytes) {
        int region = region(address);
        int at = expectedAt(region, address);
        whole.get(at, expected, at, lengthBytes);
    }

    /** Nobody has written where he may not. */
    void check(String who) {
        if (!whole.slice(0, expected.length).equals(ByteBuffer.wrap(expected))) {
            for (int i = 0; i < expected.length; i++) {
                if (whole.get(i) != expected[i]) {
                    throw new Finding(who + " wrote " + (whole.get(i) & 0xFF) + " over " + (expected[i] & 0xFF)
                            + " at byte " + i + " of memory and canaries");
                }
            }
        }
    }
}
