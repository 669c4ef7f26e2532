// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;

/** Where one part of a ring lies: it must be aligned, and in one region as a whole. */
record RingPart(SharedMemory memory, long offset) {
    static RingPart find(String name, GuestMemory memory, long address, int lengthBytes, int alignBytes) {
        if ((address & (alignBytes - 1)) != 0) {
            throw new IllegalArgumentException(
                    name + " at 0x" + Long.toHexString(address) + " is not aligned to " + alignBytes + " bytes");
        }
        int region = memory.regionIndexOfWhole(address, lengthBytes);
        if (region == GuestMemory.BAD_ADDRESS) {
            throw new IllegalArgumentException(name + " at 0x" + Long.toHexString(address) + ", " + lengthBytes
                    + " bytes, does not lie in one region of guest memory");
        }
        SharedMemory part = memory.region(region);
        long offset = address - part.guestAddress();
        // A region's memory is aligned where its offsets are, and an ordered access needs aligned memory.
        if ((offset & (alignBytes - 1)) != 0) {
            throw new IllegalArgumentException(name + " at 0x" + Long.toHexString(address) + " lies at offset " + offset
                    + " of " + part + ", which is not aligned to " + alignBytes + " bytes; the region must begin at a"
                    + " guest address that is");
        }
        return new RingPart(part, offset);
    }
}
