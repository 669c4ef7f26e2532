// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

/**
 * The bytes that a ring only points at, which its fences order too: what one side has written before it gives them away, the
 * other sees; what it has read before, the other has not changed yet; what it has written is replaced by the other's writing
 * and not the other way round.
 */
final class Buffers {
    private static final String WRITTEN = "written";
    private static final String READ = "read";
    private static final String CLEARED = "cleared";

    private Buffers() {}

    /** What a side does with buffers before it gives them away. */
    static ThreadScript give(ThreadScript thread) {
        return thread.stores(WRITTEN, 1).sees(READ, 0).stores(CLEARED, 1);
    }

    /** What the other does with them then. */
    static ThreadScript take(ThreadScript thread) {
        return thread.sees(WRITTEN, 1).stores(READ, 2).stores(CLEARED, 2);
    }

    static Scenario passed(Scenario scenario) {
        return scenario.ends(CLEARED, 2);
    }
}
