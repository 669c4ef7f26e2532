// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for one CPU, first in, first out. Whoever runs as that CPU calls it, and nobody else: tasks from elsewhere
 * come through its mailbox.
 */
final class RunQueue {
    private final @Nullable Task[] ring;
    private int head;
    private int size;

    /** Holds so many tasks, each at most once. */
    RunQueue(int capacity) {
        this.ring = new Task[capacity];
    }

    int size() {
        return size;
    }

    void add(Task task) {
        if (size == ring.length) {
            throw new IllegalStateException("a run queue for " + ring.length + " tasks is full");
        }
        ring[slot(size)] = task;
        size++;
    }

    @Nullable
    Task poll() {
        return size == 0 ? null : removeAt(0);
    }

    /** Takes the task that came last of those that may run on the other CPU, or null when there is none. */
    @Nullable
    Task pollLastThatMayMoveTo(Cpu other) {
        for (int i = size - 1; i >= 0; i--) {
            Task task = ring[slot(i)];
            if (task != null && task.mayMoveTo(other)) {
                return removeAt(i);
            }
        }
        return null;
    }

    private @Nullable Task removeAt(int index) {
        Task task = ring[slot(index)];
        for (int i = index; i > 0; i--) {
            ring[slot(i)] = ring[slot(i - 1)];
        }
        ring[head] = null;
        head = slot(1);
        size--;
        return task;
    }

    private int slot(int index) {
        int slot = head + index;
        return slot < ring.length ? slot : slot - ring.length;
    }
}
