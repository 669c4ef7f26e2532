// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A wake is for a block and the end of a task for a join, and neither leads a task out of its set. */
class JoinTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicBoolean release = new AtomicBoolean();

    private void spin() {
        while (!release.get()) {
            Cpu.interruptPoint();
        }
    }

    @Test
    void aWakeThatComesInAJoinIsKeptForTheNextBlock() {
        try (Booted booted = Booted.with(3)) {
            Scheduler scheduler = booted.cpus.scheduler();
            Task slow = scheduler.spawn("slow", this::spin, booted.cpu(1));
            Task waiter = scheduler.spawn(
                    "waiter",
                    () -> {
                        seen.add("joined " + slow.join(Booted.LONG_NANOS));
                        seen.add("woken " + Scheduler.block(SHORT_NANOS));
                        seen.add("woken again " + Scheduler.block(SHORT_NANOS));
                    },
                    booted.cpu(2));
            while (waiter.state() != Task.State.BLOCKED) {
                Scheduler.yieldNow();
            }
            scheduler.wake(waiter);
            release.set(true);
            assertThat(waiter.join(Booted.LONG_NANOS)).isTrue();
            assertThat(seen).containsExactly("joined true", "woken true", "woken again false");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aWakeThatComesBeforeAJoinIsKeptToo() {
        try (Booted booted = Booted.with(2)) {
            Scheduler scheduler = booted.cpus.scheduler();
            Task slow = scheduler.spawn("slow", this::spin, booted.cpu(1));
            scheduler.wake(Scheduler.current());
            assertThat(slow.join(SHORT_NANOS)).isFalse();
            assertThat(Scheduler.block(Booted.LONG_NANOS)).isTrue();
            release.set(true);
            booted.quiet();
        }
    }

    @Test
    void aJoinThatTimedOutEndsNoBlockLater() {
        try (Booted booted = Booted.with(3)) {
            Scheduler scheduler = booted.cpus.scheduler();
            AtomicBoolean blocks = new AtomicBoolean();
            AtomicBoolean woken = new AtomicBoolean();
            Task late = scheduler.spawn("late", this::spin, booted.cpu(1));
            Task sleeper = scheduler.spawn(
                    "sleeper",
                    () -> {
                        seen.add("joined " + late.join(SHORT_NANOS));
                        blocks.set(true);
                        Scheduler.block(Booted.LONG_NANOS);
                        seen.add("woken by us " + woken.get());
                    },
                    booted.cpu(2));
            while (!blocks.get() || sleeper.state() != Task.State.BLOCKED) {
                Scheduler.yieldNow();
            }
            release.set(true);
            booted.quiet(); // late has ended, and told whom it would
            woken.set(true);
            scheduler.wake(sleeper);
            assertThat(sleeper.join(Booted.LONG_NANOS)).isTrue();
            assertThat(seen).containsExactly("joined false", "woken by us true");
        }
    }

    @Test
    void aWakeThatComesWhenTheTimeIsOverEndsOneBlockOnly() {
        try (Booted booted = Booted.with(1)) {
            Task task = Task.spawned(booted.cpus, "task", -1L, () -> {});
            assertThat(task.fallAsleep()).isTrue();
            assertThat(task.wakeUp())
                    .as("the wake comes just before the timeout")
                    .isTrue();
            assertThat(task.endSleep()).as("so the timeout does nothing").isFalse();
            assertThat(task.fallAsleep()).as("and the next block sleeps").isTrue();
            assertThat(task.endSleep()).as("until its own timeout").isTrue();
            assertThat(task.wakeUp()).as("a wake after that is kept").isFalse();
            assertThat(task.fallAsleep()).isFalse();
        }
    }

    @Test
    void aTaskIsWokenByItsOwnSetOnly() throws Exception {
        try (Booted booted = Booted.with(2)) {
            Task sleeper = booted.cpus.scheduler().spawn("sleeper", () -> Scheduler.block(Booted.LONG_NANOS));
            while (sleeper.state() != Task.State.BLOCKED) {
                Scheduler.yieldNow();
            }
            CompletableFuture.runAsync(() -> {
                        try (Booted other = Booted.with(2)) {
                            assertThatThrownBy(() -> other.cpus.scheduler().wake(sleeper))
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining("the task sleeper belongs to another CpuSet");
                            assertThatThrownBy(() -> other.cpus.scheduler().schedule(booted.cpu(0)))
                                    .isInstanceOf(IllegalArgumentException.class);
                        }
                    })
                    .get();
            assertThat(sleeper.state()).isEqualTo(Task.State.BLOCKED);
        }
    }

    @Test
    void whoWaitsForATaskOfAnotherSetStaysInItsOwn() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<CpuSet> set = new CompletableFuture<>();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            try (Booted booted = Booted.with(3)) {
                set.complete(booted.cpus);
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Booted booted = Booted.with(3)) {
            Cpu busy = booted.cpu(2);
            // So that the other set has a CPU with less to do. No timer runs: it has to give way by itself.
            booted.cpus
                    .scheduler()
                    .spawn(
                            "busy",
                            () -> {
                                while (!release.get()) {
                                    Scheduler.yieldNow();
                                }
                            },
                            busy);
            for (int round = 0; round < 10; round++) {
                AtomicBoolean go = new AtomicBoolean();
                Task joined = set.get()
                        .scheduler()
                        .spawn(
                                "joined",
                                () -> {
                                    while (!go.get()) {
                                        Cpu.interruptPoint();
                                    }
                                },
                                set.get().cpu(1));
                Task joiner = booted.cpus
                        .scheduler()
                        .spawn(
                                "joiner",
                                () -> {
                                    assertThat(joined.join(Booted.LONG_NANOS)).isTrue();
                                    seen.add("on ours: " + (Cpu.current().set() == booted.cpus));
                                },
                                busy);
                while (joiner.state() != Task.State.BLOCKED) {
                    Scheduler.yieldNow();
                }
                go.set(true);
                assertThat(joiner.join(Booted.LONG_NANOS)).isTrue();
            }
            release.set(true);
            assertThat(booted.errors).isEmpty();
            assertThat(seen).hasSize(10).containsOnly("on ours: true");
        } finally {
            end.countDown();
        }
        other.get();
    }

    @Test
    void aThreadThatIsInterruptedSleepsInAJoinAndStaysInterrupted() throws Exception {
        try (Booted booted = Booted.with(2)) {
            Task waits = booted.cpus.scheduler().spawn("waits", this::spin, booted.cpu(1));
            CompletableFuture<Long> parks = new CompletableFuture<>();
            Thread joiner = new Thread(() -> {
                Thread.currentThread().interrupt();
                boolean joined = waits.join(TimeUnit.MILLISECONDS.toNanos(200));
                long id = Thread.currentThread().getId();
                long count =
                        ManagementFactory.getThreadMXBean().getThreadInfo(id).getWaitedCount();
                parks.complete(!joined && Thread.interrupted() ? count : -1);
            });
            joiner.start();
            // One a millisecond, unless an interrupt ends each at once.
            assertThat(parks.get(30, TimeUnit.SECONDS)).isBetween(1L, 1_000L);
            release.set(true);
            assertThat(waits.join(Booted.LONG_NANOS)).isTrue();
        }
    }

    @Test
    void aJoinWithAGuardHeldIsRefusedThoughTheTaskHasEnded() {
        try (Booted booted = Booted.with(1)) {
            Task ended = booted.cpus.scheduler().spawn("ended", () -> {});
            assertThat(ended.join(Booted.LONG_NANOS)).isTrue();
            try (PreemptGuard guard = PreemptGuard.enter()) {
                assertThatThrownBy(() -> ended.join(1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("joins on " + guard.cpu() + " with 1 guards");
            }
        }
    }
}
