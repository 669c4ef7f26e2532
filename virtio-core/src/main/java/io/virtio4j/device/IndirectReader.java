// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.SplitLayout;

/**
 * Reads an indirect table out of guest memory, each entry once. A table may straddle regions, even within an entry. The
 * read barrier that made the referring descriptor visible orders the loads.
 */
final class IndirectReader {
    private static final int ENTRY_BYTES = SplitLayout.DESC_BYTES;

    private final GuestMemory memory;
    private long tableAddress;
    private int entries;
    private long address;

    IndirectReader(GuestMemory memory) {
        this.memory = memory;
    }

    /** Whether the table is a whole number of entries, at least one, and all of it lies in guest memory. */
    boolean open(long guestAddress, long lengthBytes) {
        if (lengthBytes == 0 || lengthBytes % ENTRY_BYTES != 0) {
            return false;
        }
        long done = 0;
        while (done < lengthBytes) {
            int region = memory.regionIndex(guestAddress + done);
            if (region == GuestMemory.BAD_ADDRESS) {
                return false;
            }
            done += memory.contiguousBytes(region, guestAddress + done, lengthBytes - done);
        }
        tableAddress = guestAddress;
        entries = (int) (lengthBytes / ENTRY_BYTES);
        return true;
    }

    int entries() {
        return entries;
    }

    /** Loads an entry: keeps its address and returns its other half, length and flags and what else the format has. */
    long load(int entry) {
        long at = tableAddress + (long) entry * ENTRY_BYTES;
        int region = memory.regionIndexOfWhole(at, ENTRY_BYTES);
        if (region != GuestMemory.BAD_ADDRESS) {
            SharedMemory whole = memory.region(region);
            long offset = at - whole.guestAddress();
            address = whole.getLe64(offset);
            return whole.getLe64(offset + SplitLayout.DESC_LEN);
        }
        address = bytewise(at);
        return bytewise(at + SplitLayout.DESC_LEN);
    }

    /** The address that the entry loaded last holds. */
    long address() {
        return address;
    }

    private long bytewise(long at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            SharedMemory region = memory.region(memory.regionIndex(at + i));
            value |= (long) region.getByte(at + i - region.guestAddress()) << (Byte.SIZE * i);
        }
        return value;
    }
}
