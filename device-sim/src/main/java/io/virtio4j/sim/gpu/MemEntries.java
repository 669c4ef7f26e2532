// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuLayout.MemEntry;
import org.jspecify.annotations.Nullable;

/** Reads the list of guest pages that ends a request. One object serves all requests of a queue. */
final class MemEntries {
    private static final int ENTRIES_AT_ONCE = 256;

    private final SharedMemory entries = SharedMemory.allocate((long) ENTRIES_AT_ONCE * MemEntry.LENGTH_BYTES, 0);

    /** Whether a request is long enough for its list. */
    static boolean fit(Request request, int fixedBytes, long count) {
        return count * MemEntry.LENGTH_BYTES <= request.lengthBytes() - fixedBytes;
    }

    /**
     * Copies a list that {@link #fit fits} and checks it.
     *
     * @param fixedBytes where the list begins
     * @param count how many entries
     * @return the pages, or null if some of them lie outside guest memory
     */
    @Nullable
    Backing read(Request request, int fixedBytes, long count) {
        Backing backing = new Backing(request.guestMemory());
        for (long done = 0; done < count; done += ENTRIES_AT_ONCE) {
            int part = (int) Math.min(count - done, ENTRIES_AT_ONCE);
            request.copyTail(fixedBytes + done * MemEntry.LENGTH_BYTES, entries, (long) part * MemEntry.LENGTH_BYTES);
            if (!add(part, backing)) {
                return null;
            }
        }
        return backing;
    }

    private boolean add(int count, Backing backing) {
        for (int i = 0; i < count; i++) {
            long at = (long) i * MemEntry.LENGTH_BYTES;
            long address = entries.getLe64(at + MemEntry.ADDR);
            long lengthBytes = Integer.toUnsignedLong(entries.getLe32(at + MemEntry.LENGTH));
            if (!backing.add(address, lengthBytes)) {
                return false;
            }
        }
        return true;
    }
}
