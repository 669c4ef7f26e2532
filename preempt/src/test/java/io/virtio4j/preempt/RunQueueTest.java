// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RunQueueTest {
    private static final int CAPACITY = 5;

    /** Tasks that may move are even; the queue against a list. */
    @Property(tries = 300)
    void givesTasksInOrderAndMovesTheLastThatMayMove(
            @ForAll @Size(max = 80) List<@IntRange(max = 4) Integer> operations) {
        try (Booted booted = Booted.with(2)) {
            RunQueue queue = new RunQueue(CAPACITY);
            List<Task> model = new ArrayList<>();
            int made = 0;
            for (int operation : operations) {
                if (operation <= 2 && model.size() < CAPACITY) {
                    long allowed = made++ % 2 == 0 ? 0b11 : 0b01;
                    Task task = Task.spawned(booted.cpus, "task-" + made, allowed, () -> {});
                    queue.add(task);
                    model.add(task);
                } else if (operation == 3) {
                    assertThat(queue.poll()).isSameAs(model.isEmpty() ? null : model.remove(0));
                } else if (operation == 4) {
                    Task expected = null;
                    for (Task task : model) {
                        expected = task.mayRunOn(booted.cpu(1)) ? task : expected;
                    }
                    assertThat(queue.pollLastThatMayMoveTo(booted.cpu(1))).isSameAs(expected);
                    model.remove(expected);
                }
                assertThat(queue.size()).isEqualTo(model.size());
            }
        }
    }

    @Test
    void aFullQueueSaysSo() {
        try (Booted booted = Booted.with(1)) {
            RunQueue queue = new RunQueue(1);
            queue.add(Scheduler.current());
            assertThatThrownBy(() -> queue.add(Scheduler.current())).hasMessageContaining("1 tasks is full");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aTaskThatWasInterruptedDoesNotMove() {
        try (Booted booted = Booted.with(2)) {
            Task task = Task.spawned(booted.cpus, "task", -1L, () -> {});
            RunQueue queue = new RunQueue(1);
            queue.add(task);
            task.setHeld(true);
            assertThat(queue.pollLastThatMayMoveTo(booted.cpu(1))).isNull();
            task.setHeld(false);
            assertThat(queue.pollLastThatMayMoveTo(booted.cpu(1))).isSameAs(task);
        }
    }
}
