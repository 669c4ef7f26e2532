// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

/** Where things lie in the memory that driver and device share. */
final class Layout {
    /** What stands in memory before anything is measured, so that every page of it is there. */
    static final int FILL = 0xA5;

    /** A block that is laid out before the first request. */
    static final int LAYOUT_BYTES = 1 << 20;

    private static final long GUEST_ADDRESS = 0x4000_0000L;
    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final int DEFAULT_QUEUE_SIZE = 256;

    /** Ring, headers, statuses, segments and indirect tables: generous. */
    private static final int BYTES_PER_DESCRIPTOR = 1024;

    private static final int BYTES_PER_QUEUE = 64 << 10;

    private Layout() {}

    /** A queue that takes so many requests at a time, at least as long as the driver's own. */
    static int queueSize(int depth) {
        return Math.max(DEFAULT_QUEUE_SIZE, depth <= 1 ? 1 : Integer.highestOneBit(depth - 1) << 1);
    }

    /** What the driver needs for its queues, and a block for the layout. */
    static long driverBytes(int jobs, int queueSize) {
        return jobs * ((long) queueSize * BYTES_PER_DESCRIPTOR + BYTES_PER_QUEUE) + LAYOUT_BYTES + BYTES_PER_QUEUE;
    }

    static int alignBytes(int blockBytes) {
        return blockBytes < PAGE_BYTES ? SECTOR_BYTES : PAGE_BYTES;
    }

    /** What the buffers of a job need. */
    static long bufferBytes(int blockBytes, int depth) {
        int align = alignBytes(blockBytes);
        return ((long) blockBytes + align - 1) / align * align * depth;
    }

    static long driverAddress() {
        return GUEST_ADDRESS;
    }

    /** The buffers of each job in a region of their own, so that two jobs never share an arena. */
    static long bufferAddress(int job) {
        return (job + 1L) << Integer.SIZE;
    }
}
