// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;

/**
 * A zeroed piece of off-heap memory for one sample.
 *
 * <p>A test makes a state for every sample, hundreds of thousands of them a second. To allocate a direct buffer for each
 * would cost more than the sample, so each thread cuts its pieces from a larger region and takes a new region when that
 * is used up. Nothing is reused: a region goes when the last state that lies in it does.
 *
 * @param memory the region that holds the piece
 * @param guestMemory the same region, and one for indirect tables, as a queue wants them
 * @param offset the first byte of the piece in the region, a multiple of 64
 */
record MemoryPiece(SharedMemory memory, GuestMemory guestMemory, long offset) {
    private static final int REGION_BYTES = 1 << 16;
    private static final long REGION_ADDRESS = 0x1_0000_0000L;
    private static final long TABLES_ADDRESS = 0x2_0000_0000L;
    private static final ThreadLocal<Cutter> CUTTER = ThreadLocal.withInitial(Cutter::new);

    static final int LINE_BYTES = 64;

    private static final class Cutter {
        private SharedMemory memory;
        private GuestMemory guestMemory;
        private DmaArena tables;
        private int used = REGION_BYTES;
        private int tablesUsed;

        MemoryPiece cut(int lengthBytes) {
            if (lengthBytes > REGION_BYTES - used) {
                renew();
            }
            MemoryPiece piece = new MemoryPiece(memory, guestMemory, used);
            used += lengthBytes;
            return piece;
        }

        MemoryPiece cutWithTables(int lengthBytes, int tablesBytes) {
            if (tablesBytes > REGION_BYTES - tablesUsed) {
                renew();
            }
            MemoryPiece piece = cut(lengthBytes);
            tablesUsed += tablesBytes;
            return piece;
        }

        private void renew() {
            memory = SharedMemory.allocate(REGION_BYTES, REGION_ADDRESS);
            SharedMemory tablesMemory = SharedMemory.allocate(REGION_BYTES, TABLES_ADDRESS);
            guestMemory = GuestMemory.of(memory, tablesMemory);
            tables = new DmaArena(tablesMemory);
            used = 0;
            tablesUsed = 0;
        }
    }

    /** Cuts a piece of so many cache lines. */
    static MemoryPiece ofLines(int lines) {
        return CUTTER.get().cut(lines * LINE_BYTES);
    }

    /** Cuts a piece of so many cache lines, with room for indirect tables: see {@link #tables}. */
    static MemoryPiece ofLines(int lines, int tablesBytes) {
        return CUTTER.get().cutWithTables(lines * LINE_BYTES, tablesBytes);
    }

    /** Room for indirect tables in the guest memory of the piece that the calling thread has cut last. */
    static DmaBuffer tables(int lengthBytes) {
        return CUTTER.get().tables.allocate(lengthBytes, LINE_BYTES);
    }

    /** The guest address of the first byte. */
    long guestAddress() {
        return memory.guestAddress() + offset;
    }
}
