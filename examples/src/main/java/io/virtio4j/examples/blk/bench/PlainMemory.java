// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.memory.SharedMemory;

/** From memory to memory, by the same copy that the store in memory uses. */
final class PlainMemory implements PlainStore {
    private final SharedMemory area;
    private final SharedMemory buffers;
    private final int blockBytes;

    /**
     * For a job.
     *
     * @param area what stands for the disk; shared by all jobs
     * @param depth how many buffers
     */
    PlainMemory(SharedMemory area, int blockBytes, int depth) {
        this.area = area;
        this.buffers = SharedMemory.allocate((long) blockBytes * depth, 0);
        this.blockBytes = blockBytes;
        // Every page is there before the first copy is timed.
        buffers.fill(0, buffers.lengthBytes(), Layout.FILL);
    }

    /** Memory of so many bytes, every page of it there. */
    static SharedMemory area(long lengthBytes) {
        SharedMemory area = SharedMemory.allocate(lengthBytes, 0);
        area.fill(0, lengthBytes, Layout.FILL);
        return area;
    }

    @Override
    public void copy(boolean read, long offsetBytes, int slot) {
        long at = (long) slot * blockBytes;
        if (read) {
            area.copyTo(offsetBytes, buffers, at, blockBytes);
        } else {
            buffers.copyTo(at, area, offsetBytes, blockBytes);
        }
    }

    @Override
    public void close() {}
}
