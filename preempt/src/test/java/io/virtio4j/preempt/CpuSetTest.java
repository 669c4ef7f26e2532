// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CpuSetTest {

    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @Test
    void theBootingThreadIsTheFirstCpu() {
        try (Booted booted = Booted.with(3)) {
            assertThat(Cpu.current()).isSameAs(booted.cpu(0));
            assertThat(Cpu.current().set()).isSameAs(booted.cpus);
            assertThat(booted.cpus.size()).isEqualTo(3);
            assertThat(Scheduler.current().name()).isEqualTo("boot");
            assertThat(booted.quiet()).isEqualTo(new PreemptStatistics(3, 0, 0, 0, 0, 0));
        }
    }

    @Test
    void aThreadIsOneCpuAtATime() {
        try (Booted booted = Booted.with(1)) {
            assertThatThrownBy(() -> Booted.with(1)).isInstanceOf(IllegalStateException.class);
            assertThat(booted.errors).isEmpty();
        }
        Booted.with(1).close();
    }

    @Test
    void aSecondSetLivesBesideTheFirstOnAThreadOfItsOwn() throws Exception {
        try (Booted booted = Booted.with(2)) {
            CompletableFuture.runAsync(() -> {
                        try (Booted other = Booted.with(2)) {
                            assertThat(Cpu.current().set()).isSameAs(other.cpus);
                            assertThatThrownBy(() -> booted.cpus.interrupts().send(other.cpu(1), cpu -> {}))
                                    .hasMessageContaining("another CpuSet");
                            assertThatThrownBy(() -> booted.cpus.scheduler().spawn("task", () -> {}, other.cpu(1)))
                                    .hasMessageContaining("another CpuSet");
                        }
                    })
                    .get();
            assertThat(Cpu.current().set()).isSameAs(booted.cpus);
        }
    }

    @Test
    void onlyTheBootingThreadClosesAndWaits() throws Exception {
        try (Booted booted = Booted.with(1)) {
            CompletableFuture.runAsync(() -> {
                        assertThatThrownBy(booted::close).hasMessageContaining("only the one that booted");
                        assertThatThrownBy(() -> booted.cpus.awaitQuiet(1))
                                .hasMessageContaining("only the one that booted");
                    })
                    .get();
        }
    }

    @Test
    void closingEndsTasksThatRunWaitAndSleepAndTheirFinallyBlocks() {
        AtomicInteger unwound = new AtomicInteger();
        Booted booted = Booted.with(2);
        Scheduler scheduler = booted.cpus.scheduler();
        Runnable[] bodies = {
            () -> Scheduler.block(Booted.LONG_NANOS),
            () -> {
                while (true) {
                    Cpu.interruptPoint();
                }
            },
            () -> {
                while (true) {
                    Scheduler.yieldNow();
                }
            },
            () -> {
                while (true) {
                    try (PreemptGuard guard = PreemptGuard.enter()) {
                        assertThat(guard.cpu().guardCount()).isEqualTo(1);
                    }
                    Cpu.interruptPoint();
                }
            }
        };
        AtomicInteger started = new AtomicInteger();
        for (Runnable body : bodies) {
            scheduler.spawn("task", () -> {
                try {
                    started.incrementAndGet();
                    body.run();
                } finally {
                    unwound.incrementAndGet();
                }
            });
        }
        booted.cpus.timer().start(SHORT_NANOS / 50);
        while (started.get() < bodies.length) {
            Cpu.interruptPoint();
            Scheduler.yieldNow();
        }
        booted.close();
        assertThat(unwound).hasValue(bodies.length);
        assertThat(booted.errors).isEmpty();
        assertThatThrownBy(() -> scheduler.spawn("late", () -> {})).hasMessageContaining("closed");
    }

    @Test
    void closingTwiceIsClosingOnce() {
        Booted booted = Booted.with(2);
        booted.close();
        booted.close();
        assertThatThrownBy(Cpu::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskThatNeverReachesAnInterruptPointEndsTheWaitForQuietAndTheCloseWithItsNameAndStack() {
        AtomicBoolean release = new AtomicBoolean();
        Booted booted = Booted.with(2, options -> options.withDeadlineNanos(SHORT_NANOS));
        Task stuck = booted.cpus.scheduler().spawn("stubborn", () -> spin(release), booted.cpu(1));
        assertThatThrownBy(() -> booted.cpus.awaitQuiet(SHORT_NANOS))
                .isInstanceOf(StuckCpuException.class)
                .hasMessageContaining("CPU 1 runs the task stubborn");
        assertThatThrownBy(booted::close)
                .isInstanceOf(StuckCpuException.class)
                .hasMessageContaining("CPU 1 runs the task stubborn")
                .satisfies(e -> assertThat(e.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("spin")));
        release.set(true);
        assertThat(stuck.join(Booted.LONG_NANOS)).isTrue();
    }

    @Test
    void aTaskThatKeepsTheBootingThreadsCpuEndsItsYieldToo() {
        AtomicBoolean release = new AtomicBoolean();
        Booted booted = Booted.with(1, options -> options.withDeadlineNanos(SHORT_NANOS));
        Task stuck = booted.cpus.scheduler().spawn("stubborn", () -> spin(release));
        assertThatThrownBy(Scheduler::yieldNow)
                .isInstanceOf(StuckCpuException.class)
                .hasMessageContaining("CPU 0 runs the task stubborn");
        assertThatThrownBy(booted::close).isInstanceOf(StuckCpuException.class);
        release.set(true);
        assertThat(stuck.join(Booted.LONG_NANOS)).isTrue();
        assertThatThrownBy(Cpu::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBootingThreadThatHasWaitedForTooLongDoesNotKeepItsCpuFromOthers() {
        AtomicBoolean release = new AtomicBoolean();
        Booted booted =
                Booted.with(1, options -> options.withDeadlineNanos(SHORT_NANOS).withCrossCheck(false));
        PreemptGuard.enter().close();
        booted.cpus.scheduler().spawn("stubborn", () -> spin(release));
        Task after = booted.cpus.scheduler().spawn("after", () -> {
            Scheduler.yieldNow(); // to the booting thread, if that still waited
            Scheduler.yieldNow();
        });
        assertThatThrownBy(Scheduler::yieldNow).isInstanceOf(StuckCpuException.class);
        assertThatThrownBy(booted.cpu(0)::enterGuard).hasMessageContaining("does not run as CPU 0");
        release.set(true);
        assertThat(after.join(Booted.LONG_NANOS)).isTrue();
        assertThatThrownBy(Cpu::interruptPoint)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("runs as no CPU")
                .hasMessageContaining("has lost it");
        assertThatThrownBy(() -> booted.cpus.awaitQuiet(1)).hasMessageContaining("runs as no CPU");
        booted.close();
        assertThat(booted.errors).isEmpty();
    }

    private static void spin(AtomicBoolean release) {
        while (!release.get()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptedThreadWaitsOnAndStaysInterrupted() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus
                    .scheduler()
                    .spawn("other", () -> assertThat(Cpu.current().index()).isZero());
            Thread.currentThread().interrupt();
            Scheduler.yieldNow();
            Scheduler.block(1_000);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void anErrorHandlerThatThrowsStopsNoCpu() {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        PreemptOptions options = PreemptOptions.of(1, e -> {
            throw new IllegalStateException("broken handler", e);
        });
        try (CpuSet cpus = CpuSet.boot(options)) {
            cpus.scheduler().spawn("broken", () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> told.incrementAndGet());
                throw new IllegalArgumentException("broken task");
            });
            cpus.scheduler().spawn("next", done::incrementAndGet);
            cpus.awaitQuiet(Booted.LONG_NANOS);
            assertThat(done).hasValue(1);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void optionsOutOfRangeAreRefusedWithTheirValues() {
        PreemptOptions options = PreemptOptions.of(1, e -> {});
        assertThatThrownBy(() -> PreemptOptions.of(0, e -> {})).hasMessageContaining("not 0");
        assertThatThrownBy(() -> PreemptOptions.of(65, e -> {})).hasMessageContaining("not 65");
        assertThatThrownBy(() -> options.withMaxTasks(0)).hasMessageContaining("0 tasks");
        assertThatThrownBy(() -> options.withTimeSliceTicks(0)).hasMessageContaining("0 ticks");
        assertThatThrownBy(() -> options.withDeadlineNanos(0)).hasMessageContaining("0 ns");
        assertThatThrownBy(() -> PreemptOptions.of(1, null)).hasMessageContaining("errorHandler");
        assertThatThrownBy(() -> options.withPolicy(null)).hasMessageContaining("policy");
    }
}
