// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.SplitLayout;

/**
 * One used element's way through a split ring, step by step and without the fence that has a letter: for the tests that load the
 * element before the index, which the queues themselves do not.
 *
 * <p>In the same kind of memory as the rings of {@link QueuePair} and with the same access modes. The publication keeps its
 * write barrier; what comes between the loads is up to the test.
 */
final class RawRing {
    private static final int LINES = 3;

    /** The index that the chain takes: its used element lies on another cache line than the used index. */
    static final int ENTRY = 14;

    final SharedMemory memory;
    private final long used;
    private final long usedElement;

    /** Makes a ring in which so many chains have been used. */
    RawRing() {
        MemoryPiece piece = MemoryPiece.ofLines(LINES);
        memory = piece.memory();
        used = piece.offset();
        usedElement = used + SplitLayout.USED_RING + SplitLayout.USED_ELEM_BYTES * ENTRY;
        memory.putLe16Opaque(memory.wmb(), used + SplitLayout.USED_IDX, ENTRY);
    }

    // --- driver ------------------------------------------------------------------------------------------------

    int usedIdx() {
        return memory.getLe16Opaque(used + SplitLayout.USED_IDX);
    }

    /** The index by a load that the compiler may move and merge. */
    int usedIdxPlain() {
        return memory.getLe16(used + SplitLayout.USED_IDX);
    }

    /** The length in the used element, by a load that no barrier is asked for. */
    int usedLengthBytes() {
        return memory.getLe32(usedElement + SplitLayout.USED_ELEM_LEN);
    }

    // --- device ------------------------------------------------------------------------------------------------

    void publishUsed(int lengthBytes) {
        memory.putLe32(usedElement + SplitLayout.USED_ELEM_LEN, lengthBytes);
        memory.putLe16Opaque(memory.wmb(), used + SplitLayout.USED_IDX, ENTRY + 1);
    }
}
