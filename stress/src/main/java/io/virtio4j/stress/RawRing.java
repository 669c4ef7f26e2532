// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.EventIdx;
import io.virtio4j.queue.SplitLayout;

/**
 * One chain's way through a split ring, step by step and without the fences that have a letter: for the tests that leave
 * one out, which the queues themselves do not let anybody do.
 *
 * <p>Available ring and used ring begin on a cache line each, in the same kind of memory as those of {@link QueuePair} and
 * with the same access modes. Publications keep their write barrier; what comes between publication and question, or between
 * arming and the last look, is up to the test.
 */
final class RawRing {
    private static final int QUEUE_SIZE = 16;
    private static final int LINES = 4;

    /** The index that the chain takes: its used element lies on another cache line than the used index. */
    static final int ENTRY = 14;

    final SharedMemory memory;
    private final long avail;
    private final long used;
    private final long usedElement;

    /** Makes an empty ring on which both sides have asked not to be told, by flag and by event index. */
    RawRing() {
        MemoryPiece piece = MemoryPiece.ofLines(LINES);
        memory = piece.memory();
        avail = piece.offset();
        used = piece.offset() + MemoryPiece.LINE_BYTES;
        usedElement = used + SplitLayout.USED_RING + SplitLayout.USED_ELEM_BYTES * ENTRY;
        memory.putLe16Opaque(memory.wmb(), avail + SplitLayout.AVAIL_IDX, ENTRY);
        memory.putLe16Opaque(memory.wmb(), used + SplitLayout.USED_IDX, ENTRY);
        memory.putSuppressionLe16(avail + SplitLayout.AVAIL_FLAGS, SplitLayout.AVAIL_F_NO_INTERRUPT);
        memory.putSuppressionLe16(avail + SplitLayout.usedEvent(QUEUE_SIZE), ENTRY - 1);
        memory.putSuppressionLe16(used + SplitLayout.USED_FLAGS, SplitLayout.USED_F_NO_NOTIFY);
        memory.putSuppressionLe16(used + SplitLayout.availEvent(QUEUE_SIZE), ENTRY - 1);
    }

    // --- driver ------------------------------------------------------------------------------------------------

    void publishAvail() {
        memory.putLe16(avail + SplitLayout.AVAIL_RING + Short.BYTES * ENTRY, 0);
        memory.putLe16Opaque(memory.wmb(), avail + SplitLayout.AVAIL_IDX, ENTRY + 1);
    }

    String kickByFlag() {
        int flags = memory.getLe16Opaque(used + SplitLayout.USED_FLAGS);
        return (flags & SplitLayout.USED_F_NO_NOTIFY) == 0 ? "kick" : "no kick";
    }

    String kickByEventIdx() {
        int event = memory.getLe16Opaque(used + SplitLayout.availEvent(QUEUE_SIZE));
        return EventIdx.needed(event, ENTRY + 1, ENTRY) ? "kick" : "no kick";
    }

    void wantCallsByFlag() {
        memory.putSuppressionLe16(avail + SplitLayout.AVAIL_FLAGS, 0);
    }

    void wantCallsByEventIdx() {
        memory.putSuppressionLe16(avail + SplitLayout.usedEvent(QUEUE_SIZE), ENTRY);
    }

    String lookAtUsed() {
        return usedIdx() == ENTRY ? "asleep" : "awake";
    }

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

    String callByFlag() {
        int flags = memory.getLe16Opaque(avail + SplitLayout.AVAIL_FLAGS);
        return (flags & SplitLayout.AVAIL_F_NO_INTERRUPT) == 0 ? "call" : "no call";
    }

    String callByEventIdx() {
        int event = memory.getLe16Opaque(avail + SplitLayout.usedEvent(QUEUE_SIZE));
        return EventIdx.needed(event, ENTRY + 1, ENTRY) ? "call" : "no call";
    }

    void wantKicksByFlag() {
        memory.putSuppressionLe16(used + SplitLayout.USED_FLAGS, 0);
    }

    void wantKicksByEventIdx() {
        memory.putSuppressionLe16(used + SplitLayout.availEvent(QUEUE_SIZE), ENTRY);
    }

    String lookAtAvail() {
        return memory.getLe16Opaque(avail + SplitLayout.AVAIL_IDX) == ENTRY ? "asleep" : "awake";
    }
}
