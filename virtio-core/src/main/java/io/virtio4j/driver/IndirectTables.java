// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.ring.DescWord;
import io.virtio4j.ring.PackedWord;

/**
 * One table of descriptors for each chain that can be in flight, so that a chain of many parts takes one descriptor of the
 * ring. Carved out once, at set-up. VirtIO 1.2, 2.7.5.3 Indirect Descriptors and 2.8.7.
 */
final class IndirectTables {
    /** Bytes of one entry, in both formats. */
    private static final int ENTRY_BYTES = SplitLayout.DESC_BYTES;

    /** Alignment of the tables in bytes. */
    static final int ALIGN_BYTES = SplitLayout.DESC_ALIGN;

    private final SharedMemory memory;
    private final long base;
    private final int entries;

    /**
     * Lays the tables out.
     *
     * @param buffer as long as {@link RingFormat#indirectTablesBytes} says, at least
     * @param queueSize how many tables: as many as chains can be in flight
     * @param entries how many descriptors each holds, at least 2
     */
    IndirectTables(DmaBuffer buffer, int queueSize, int entries) {
        long lengthBytes = RingFormat.indirectTablesBytes(queueSize, entries);
        if (entries < 2 || buffer.lengthBytes() < lengthBytes) {
            throw new IllegalArgumentException(queueSize + " tables of " + entries + " entries (at least 2) take "
                    + lengthBytes + " bytes and do not fit in " + buffer);
        }
        this.memory = buffer.memory();
        this.base = buffer.offset();
        this.entries = entries;
    }

    /** {@return how many descriptors a table holds} */
    int entries() {
        return entries;
    }

    /** {@return a table's guest address} */
    long guestAddress(int table) {
        return memory.guestAddress() + offset(table, 0);
    }

    static int lengthBytes(int parts) {
        return parts * ENTRY_BYTES;
    }

    private long offset(int table, int entry) {
        return base + ((long) table * entries + entry) * ENTRY_BYTES;
    }

    void putSplit(int table, int entry, long address, int lengthBytes, int flags, int next) {
        long at = offset(table, entry);
        memory.putLe64(at, address);
        memory.putLe64(at + SplitLayout.DESC_LEN, DescWord.of(lengthBytes, flags, next));
    }

    void putPacked(int table, int entry, long address, int lengthBytes, int flags) {
        long at = offset(table, entry);
        memory.putLe64(at, address);
        memory.putLe64(at + SplitLayout.DESC_LEN, PackedWord.of(lengthBytes, 0, flags));
    }
}
