// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The queues of one session, and the memory that they occupy. One thread, the driver's. */
final class SessionQueues {
    /** By index, those that the device has been told of. */
    private final Map<Integer, OwnedQueue> owned = new TreeMap<>();

    /** Indices of those that were reset, and may be set up again. */
    private final Set<Integer> reset = new TreeSet<>();

    /** What all queues occupy that are set up, or were before a reset of the device: freed when the session is closed. */
    private final List<QueueMemory> carved = new ArrayList<>();

    private record OwnedQueue(DriverQueue queue, QueueMemory memory) {}

    /** The queue's memory is carved; whatever becomes of the queue, it is given back when all is. */
    QueueMemory carved(QueueMemory memory) {
        carved.add(memory);
        return memory;
    }

    void add(DriverQueue queue, QueueMemory memory) {
        int index = queue.config().index();
        owned.put(index, new OwnedQueue(queue, memory));
        reset.remove(index);
    }

    boolean wasReset(int index) {
        return reset.contains(index);
    }

    @Nullable
    DriverQueue get(int index) {
        OwnedQueue queue = owned.get(index);
        return queue == null ? null : queue.queue();
    }

    Set<Integer> indices() {
        return owned.keySet();
    }

    /** The device has reset one queue: its memory is its arena's again. */
    void endReset(DriverQueue queue) {
        int index = queue.config().index();
        OwnedQueue gone = owned.remove(index);
        queue.retire();
        if (gone != null) {
            gone.memory().free();
            carved.remove(gone.memory());
        }
        reset.add(index);
    }

    /** The device was reset: none of them works any more. Their memory stays carved until {@link #free}. */
    void retire() {
        owned.values().forEach(queue -> queue.queue().retire());
        owned.clear();
        reset.clear();
    }

    void free() {
        carved.forEach(QueueMemory::free);
        carved.clear();
    }
}
