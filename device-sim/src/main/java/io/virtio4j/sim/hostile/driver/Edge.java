// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.CaseMemory;
import java.util.List;

/**
 * A range of guest addresses that is not all memory.
 *
 * @param name for a case's id
 * @param words where it lies
 * @param start its first byte, given its length
 */
record Edge(String name, String words, Start start) {
    interface Start {
        long of(long lengthBytes);
    }

    private static final long LAST = CaseMemory.THIRD + CaseMemory.REGION_BYTES;

    /** {@return all, each with another end out of memory} */
    static List<Edge> all() {
        return List.of(
                new Edge("zero", "at address 0, before all regions", length -> 0),
                new Edge("hole", "where no region is", length -> CaseMemory.HOLE),
                new Edge(
                        "into-hole",
                        "and its last byte behind a region's end",
                        length -> CaseMemory.HOLE + 16 - aligned(length)),
                new Edge("before-region", "from before a region into it", length -> CaseMemory.THIRD - 16),
                new Edge("behind-all", "behind all regions", length -> LAST),
                new Edge("2-63", "at address 2^63", length -> Long.MIN_VALUE),
                new Edge("over-2-63", "across address 2^63", length -> Long.MIN_VALUE - 16),
                new Edge("to-2-64", "up to the last byte before 2^64", length -> -aligned(length)),
                new Edge("over-2-64", "across 2^64", length -> -16));
    }

    /** Rings are aligned to 16 bytes at most; a range keeps its alignment. */
    private static long aligned(long lengthBytes) {
        return (lengthBytes + 15) & -16;
    }

    /** {@return where a range of that length begins} */
    long at(long lengthBytes) {
        return start.of(lengthBytes);
    }
}
