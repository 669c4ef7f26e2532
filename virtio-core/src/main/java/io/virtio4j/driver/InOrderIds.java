// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/**
 * The ids of the chains in flight in the order in which they were made available, for devices that use them in that order
 * and may answer for several at once. VirtIO 1.2, 2.7.9 and 2.8.8 In-order use of descriptors.
 *
 * <p>One used element stands for a batch: it names the last chain of it. The chains before count as used in full.
 */
final class InOrderIds {
    private static final int NONE = -1;

    private final int[] ids;
    private int first;
    private int count;

    /** The last id of the batch being handed out, and what was written to it. */
    private int batchLast = NONE;

    private long batchWritten;

    InOrderIds(int queueSize) {
        this.ids = new int[queueSize];
    }

    void push(int id) {
        int end = first + count;
        ids[end < ids.length ? end : end - ids.length] = id;
        count++;
    }

    boolean isBatchOpen() {
        return batchLast != NONE;
    }

    /** How many chains a batch has that ends with an id in flight. */
    int chainsUpTo(int id) {
        int chains = 1;
        int at = first;
        while (ids[at] != id) {
            at = at + 1 < ids.length ? at + 1 : 0;
            chains++;
        }
        return chains;
    }

    void openBatch(int lastId, long written) {
        batchLast = lastId;
        batchWritten = written;
    }

    /** Takes the next chain of the open batch. */
    int pop() {
        int id = ids[first];
        first = first + 1 < ids.length ? first + 1 : 0;
        count--;
        return id;
    }

    /** How much was written to a chain just taken; closes the batch with its last. */
    long written(int id, long writableBytes) {
        if (id != batchLast) {
            return writableBytes;
        }
        batchLast = NONE;
        return batchWritten;
    }
}
