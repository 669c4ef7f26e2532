// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;

/** One part of a ring as bytes: plain loads and stores, and the two that another thread sees in order. */
final class RawArea {
    private final SharedMemory memory;
    private final long start;
    private final int lengthBytes;

    private RawArea(SharedMemory memory, long start, int lengthBytes) {
        this.memory = memory;
        this.start = start;
        this.lengthBytes = lengthBytes;
    }

    static RawArea of(GuestMemory memory, long address, int lengthBytes) {
        int region = memory.regionIndexOfWhole(address, lengthBytes);
        if (region == GuestMemory.BAD_ADDRESS) {
            throw new IllegalStateException("the driver set up " + lengthBytes + " bytes at 0x"
                    + Long.toHexString(address) + ", where there is no memory");
        }
        SharedMemory found = memory.region(region);
        return new RawArea(found, address - found.guestAddress(), lengthBytes);
    }

    int le16Opaque(int at) {
        return memory.getLe16Opaque(start + at);
    }

    int le16(int at) {
        return memory.getLe16(start + at);
    }

    int le32(int at) {
        return memory.getLe32(start + at);
    }

    long le64(int at) {
        return memory.getLe64(start + at);
    }

    void putLe16(int at, int value) {
        memory.putLe16(start + at, value);
    }

    void putLe32(int at, int value) {
        memory.putLe32(start + at, value);
    }

    /** What was loaded before this is older than what is loaded after it. */
    void acquire() {
        memory.rmb();
    }

    /** Stores behind everything that was stored before. */
    void publishLe16(int at, int value) {
        memory.putLe16Opaque(memory.wmb(), start + at, value);
    }

    void fill(int value) {
        memory.fill(start, lengthBytes, value);
    }
}
