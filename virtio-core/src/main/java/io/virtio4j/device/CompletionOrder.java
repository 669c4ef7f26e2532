// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * Brings completions into the order in which the chains were taken, as a device must that negotiated IN_ORDER. A device may
 * still finish its requests in any order: one that is early waits here.
 *
 * <p>A used element may stand for a batch, naming its last chain; the driver then takes the ones before as used in full. So
 * an element may be replaced by the next one only if its own chain was written in full. VirtIO 1.2, 2.7.9 In-order use of
 * descriptors.
 */
final class CompletionOrder {
    /** Handles in the order taken, as a ring. */
    private final int[] handles;

    /** By handle. */
    private final int[] lengthBits;

    private final boolean[] complete;
    private final boolean[] inFull;
    private int first;
    private int count;

    /** Whether the last element written is unpublished and its chain was written in full. */
    private boolean mergeable;

    CompletionOrder(int queueSize) {
        this.handles = new int[queueSize];
        this.lengthBits = new int[queueSize];
        this.complete = new boolean[queueSize];
        this.inFull = new boolean[queueSize];
    }

    void taken(int handle) {
        int end = first + count;
        handles[end < handles.length ? end : end - handles.length] = handle;
        complete[handle] = false;
        count++;
    }

    void complete(int handle, int bits, boolean full) {
        if (complete[handle]) {
            throw new IllegalArgumentException("chain " + handle + " was already completed, and waits for its turn");
        }
        complete[handle] = true;
        lengthBits[handle] = bits;
        inFull[handle] = full;
    }

    boolean isComplete(int handle) {
        return complete[handle];
    }

    int lengthBits(int handle) {
        return lengthBits[handle];
    }

    boolean isFirstComplete() {
        return count > 0 && complete[handles[first]];
    }

    int first() {
        return handles[first];
    }

    int firstLengthBits() {
        return lengthBits[handles[first]];
    }

    boolean isMergeable() {
        return mergeable;
    }

    void removeFirst() {
        mergeable = inFull[handles[first]];
        first = first + 1 < handles.length ? first + 1 : 0;
        count--;
    }

    void closeMerge() {
        mergeable = false;
    }
}
