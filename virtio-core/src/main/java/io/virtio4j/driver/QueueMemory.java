// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.BitUtil;

/**
 * What one queue of a driver occupies: its ring and its tables of indirect descriptors.
 *
 * @param addresses where the ring lies
 * @param tables the tables; may be missing
 * @param buffers all of it
 */
record QueueMemory(QueueAddresses addresses, Optional<IndirectTables> tables, List<DmaBuffer> buffers) {
    /**
     * Two cache lines: what the device writes never shares a line, nor an adjacent one, with what the driver writes. Each part
     * begins on such a boundary and has what is left up to the next one to itself.
     */
    private static final int RING_ALIGN_BYTES = 128;

    /**
     * Carves the memory of a queue; all of it or nothing.
     *
     * @param tableEntries how many descriptors a table holds; 0 for no tables
     */
    static QueueMemory carve(DmaArena arena, RingFormat format, int size, int tableEntries) {
        List<DmaBuffer> carved = new ArrayList<>();
        try {
            int[] parts = {format.descriptorAreaBytes(size), format.driverAreaBytes(size), format.deviceAreaBytes(size)
            };
            for (int lengthBytes : parts) {
                carved.add(arena.allocate(BitUtil.align((long) lengthBytes, RING_ALIGN_BYTES), RING_ALIGN_BYTES));
            }
            Optional<IndirectTables> tables = Optional.empty();
            if (tableEntries > 0) {
                DmaBuffer buffer =
                        arena.allocate(RingFormat.indirectTablesBytes(size, tableEntries), IndirectTables.ALIGN_BYTES);
                carved.add(buffer);
                tables = Optional.of(new IndirectTables(buffer, size, tableEntries));
            }
            QueueAddresses addresses = new QueueAddresses(
                    carved.get(0).guestAddress(),
                    carved.get(1).guestAddress(),
                    carved.get(2).guestAddress());
            return new QueueMemory(addresses, tables, List.copyOf(carved));
        } catch (RuntimeException e) {
            carved.forEach(DmaBuffer::free);
            throw e;
        }
    }

    /** Gives it all back to its arena. Only when the device cannot reach it any more. */
    void free() {
        buffers.forEach(DmaBuffer::free);
    }
}
