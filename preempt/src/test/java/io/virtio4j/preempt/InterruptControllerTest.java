// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterruptControllerTest {

    private static final int LINE = InterruptController.FIRST_FREE;

    private final List<String> seen = new ArrayList<>();

    private void record(Cpu cpu, int line) {
        seen.add("line " + line + " on " + cpu.index());
    }

    @Test
    void aLineIsTakenAtTheNextInterruptPointAndNotBefore() {
        try (Booted booted = Booted.with(1)) {
            InterruptController interrupts = booted.cpus.interrupts();
            interrupts.register(LINE, this::record);
            interrupts.raise(LINE);
            assertThat(seen).isEmpty();
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("line 3 on 0");
            Cpu.interruptPoint();
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void raisedTwiceItIsTakenOnceAndLinesAreTakenFromTheLowest() {
        try (Booted booted = Booted.with(1)) {
            InterruptController interrupts = booted.cpus.interrupts();
            interrupts.register(LINE, this::record);
            interrupts.register(63, this::record);
            interrupts.raise(63);
            interrupts.raise(LINE);
            interrupts.raise(63);
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("line 3 on 0", "line 63 on 0");
        }
    }

    @Test
    void theTimerAndEveryOtherLineGoToTheFirstCpuUntilTheyAreRouted() throws Exception {
        try (Booted booted = Booted.with(2)) {
            InterruptController interrupts = booted.cpus.interrupts();
            CompletableFuture<Integer> where = new CompletableFuture<>();
            interrupts.register(LINE, (cpu, line) -> where.complete(cpu.index()));
            interrupts.raise(InterruptController.TIMER);
            Cpu.interruptPoint();
            assertThat(booted.cpus.slots.getTicksOpaque(0)).isEqualTo(1);

            interrupts.route(LINE, booted.cpu(1));
            interrupts.raise(LINE); // an idle CPU wakes for it
            assertThat(where.get(Booted.LONG_NANOS, TimeUnit.NANOSECONDS)).isEqualTo(1);
        }
    }

    @Test
    void aHandlerRunsMaskedAndIsNotInterruptedItself() {
        try (Booted booted = Booted.with(1)) {
            InterruptController interrupts = booted.cpus.interrupts();
            AtomicInteger depth = new AtomicInteger();
            interrupts.register(LINE, (cpu, line) -> {
                assertThat(depth.incrementAndGet()).isEqualTo(1);
                assertThat(InterruptController.isMasked()).isTrue();
                if (seen.isEmpty()) {
                    interrupts.raise(LINE);
                }
                record(cpu, line);
                Cpu.interruptPoint();
                depth.decrementAndGet();
            });
            interrupts.raise(LINE);
            Cpu.interruptPoint();
            assertThat(seen).hasSize(1);
            assertThat(InterruptController.isMasked()).isFalse();
            Cpu.interruptPoint();
            assertThat(seen).hasSize(2);
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void maskingHoldsInterruptsBackAndUnmaskingTakesThem() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().register(LINE, this::record);
            InterruptController.mask();
            booted.cpus.interrupts().raise(LINE);
            Cpu.interruptPoint();
            assertThat(seen).isEmpty();
            assertThatThrownBy(Scheduler::yieldNow).hasMessageContaining("interrupts masked");
            InterruptController.unmask();
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void aGuardReleasedWhileMaskedLeavesItsCallbackToUnmasking() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> seen.add("callback"));
            InterruptController.mask();
            try (PreemptGuard guard = PreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
            }
            assertThat(seen).isEmpty();
            InterruptController.unmask();
            assertThat(seen).containsExactly("callback");
            assertThat(booted.quiet().lost()).isZero();
        }
    }

    @Test
    void aHandlersGuardsDoNotCallBackItsEndDoes() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> seen.add("callback"));
            booted.cpus.interrupts().register(LINE, (cpu, line) -> {
                try (PreemptGuard guard = PreemptGuard.enter();
                        IrqPreemptGuard masked = IrqPreemptGuard.enter()) {
                    assertThat(masked.cpu()).isSameAs(guard.cpu());
                    Reschedule.setReschedulePending();
                }
                assertThat(InterruptController.isMasked()).isTrue();
                seen.add("handled");
            });
            booted.cpus.interrupts().raise(LINE);
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("handled", "callback");
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void anInterruptInAGuardLeavesTheCallbackToTheRelease() {
        try (Booted booted = Booted.with(1)) {
            Reschedule.registerCallback(booted.cpus, cpu -> seen.add("callback"));
            try (PreemptGuard guard = PreemptGuard.enter()) {
                booted.cpus.interrupts().raise(InterruptController.TIMER);
                Cpu.interruptPoint();
                assertThat(guard.cpu().guardCount()).isEqualTo(1);
                seen.add("interrupted");
            }
            assertThat(seen).containsExactly("interrupted", "callback");
            assertThat(booted.cpus.statistics()).isEqualTo(new PreemptStatistics(1, 1, 1, 1, 1, 0));
        }
    }

    @Test
    void aBrokenHandlerIsToldAndTheCpuGoesOn() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().register(LINE, (cpu, line) -> {
                PreemptGuard.enter();
                throw new IllegalArgumentException("broken handler");
            });
            booted.cpus.interrupts().register(LINE + 1, this::record);
            booted.cpus.interrupts().raise(LINE);
            booted.cpus.interrupts().raise(LINE + 1);
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("line 4 on 0");
            assertThat(booted.errors).hasSize(2);
            assertThat(booted.errors.get(0)).hasMessage("broken handler");
            assertThat(booted.errors.get(1)).hasMessageContaining("left 1 guards on CPU 0");
            assertThat(PreemptGuard.count()).isZero();
            assertThat(InterruptController.isMasked()).isFalse();
            booted.quiet();
        }
    }

    @Test
    void anInterruptGuardThatAHandlerLeavesIsTakenBack() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().register(LINE, (cpu, line) -> IrqPreemptGuard.enter());
            booted.cpus.interrupts().register(LINE + 1, this::record);
            booted.cpus.interrupts().raise(LINE);
            Cpu.interruptPoint();
            assertThat(booted.errors)
                    .singleElement()
                    .satisfies(e -> assertThat(e)
                            .hasMessageContaining("handler left 1 guards on CPU 0")
                            .hasMessageContaining("an interrupt guard"));
            try (IrqPreemptGuard guard = IrqPreemptGuard.enter()) {
                booted.cpus.interrupts().raise(LINE + 1, guard.cpu());
                Cpu.interruptPoint();
                assertThat(seen).isEmpty();
            }
            assertThat(seen).hasSize(1);
            InterruptController.unmask();
            booted.quiet();
        }
    }

    @Test
    void aCallThatSendsItselfAgainIsDoneOnceAtEachInterruptPoint() {
        try (Booted booted = Booted.with(1)) {
            AtomicInteger done = new AtomicInteger();
            CrossCall[] again = new CrossCall[1];
            again[0] = cpu -> {
                if (done.incrementAndGet() < 3) {
                    assertThat(booted.cpus.interrupts().send(cpu, again[0])).isTrue();
                }
            };
            again[0].run(booted.cpu(0));
            for (int point = 2; point <= 3; point++) {
                Cpu.interruptPoint();
                assertThat(done).hasValue(point);
            }
            booted.quiet();
            assertThat(done).hasValue(3);
        }
    }

    @Test
    void anIdleThreadThatAHandlerInterruptsSleepsAllTheSame() throws Exception {
        try (Booted booted = Booted.with(2)) {
            CompletableFuture<Thread> where = new CompletableFuture<>();
            booted.cpus.interrupts().send(booted.cpu(1), cpu -> {
                Thread.currentThread().interrupt();
                where.complete(Thread.currentThread());
            });
            Thread idle = where.get(Booted.LONG_NANOS, TimeUnit.NANOSECONDS);
            long end = System.nanoTime() + Booted.LONG_NANOS;
            while (idle.isInterrupted() && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            assertThat(idle.isInterrupted()).isFalse();
            booted.quiet();
        }
    }

    @Test
    void aHandlerMayNotCloseTheSet() {
        Booted booted = Booted.with(1);
        booted.cpus.interrupts().register(LINE, (cpu, line) -> booted.close());
        booted.cpus.interrupts().raise(LINE);
        Cpu.interruptPoint();
        assertThat(booted.errors)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("closed in a handler"));
        booted.quiet();
        booted.close();
    }

    @Test
    void aHandlerMayNotYieldOrUnmask() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().register(LINE, (cpu, line) -> {
                assertThatThrownBy(Scheduler::yieldNow).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(InterruptController::unmask).hasMessageContaining("handler");
                record(cpu, line);
            });
            booted.cpus.interrupts().raise(LINE);
            Cpu.interruptPoint();
            assertThat(seen).hasSize(1);
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aCrossCallRunsOnTheOtherCpu() throws Exception {
        try (Booted booted = Booted.with(2)) {
            CompletableFuture<Cpu> where = new CompletableFuture<>();
            assertThat(booted.cpus.interrupts().send(booted.cpu(1), where::complete))
                    .isTrue();
            assertThat(where.get(Booted.LONG_NANOS, TimeUnit.NANOSECONDS)).isSameAs(booted.cpu(1));
        }
    }

    @Test
    void aFullMailboxIsToldAndNoCallIsDoneTwice() {
        try (Booted booted = Booted.with(1)) {
            AtomicInteger done = new AtomicInteger();
            int sent = 0;
            while (booted.cpus.interrupts().send(booted.cpu(0), cpu -> done.incrementAndGet())) {
                sent++;
            }
            assertThat(sent).isEqualTo(1024);
            Cpu.interruptPoint();
            assertThat(done).hasValue(1024);
        }
    }

    @Test
    void aBrokenCrossCallIsToldAndTheNextIsDone() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().send(booted.cpu(0), cpu -> {
                throw new IllegalArgumentException("broken call");
            });
            booted.cpus.interrupts().send(booted.cpu(0), cpu -> seen.add("done"));
            Cpu.interruptPoint();
            assertThat(seen).containsExactly("done");
            assertThat(booted.errors).singleElement().isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 64})
    void linesOutOfRangeAreRefused(int line) {
        try (Booted booted = Booted.with(1)) {
            InterruptController interrupts = booted.cpus.interrupts();
            assertThatThrownBy(() -> interrupts.raise(line)).hasMessageContaining("not " + line);
            assertThatThrownBy(() -> interrupts.route(line, booted.cpu(0))).hasMessageContaining("not " + line);
            assertThatThrownBy(() -> interrupts.register(line, this::record)).hasMessageContaining("not " + line);
        }
    }

    @Test
    void aLineWithoutAHandlerAndOneThatIsTakenAreRefused() {
        try (Booted booted = Booted.with(1)) {
            InterruptController interrupts = booted.cpus.interrupts();
            assertThatThrownBy(() -> interrupts.raise(LINE)).hasMessageContaining("has no handler");
            assertThatThrownBy(() -> interrupts.register(InterruptController.CALL, this::record))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aThreadThatIsNoCpuTakesNoInterrupts() {
        assertThatThrownBy(Cpu::interruptPoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(InterruptController::mask).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(InterruptPointIdleStrategy.INSTANCE::idle).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoIdlesWithTheStrategyTakesInterrupts() {
        try (Booted booted = Booted.with(1)) {
            booted.cpus.interrupts().register(LINE, this::record);
            booted.cpus.interrupts().raise(LINE);
            InterruptPointIdleStrategy.INSTANCE.idle(1);
            assertThat(seen).as("there was work").isEmpty();
            InterruptPointIdleStrategy.INSTANCE.idle(0);
            assertThat(seen).hasSize(1);
            booted.cpus.interrupts().raise(LINE);
            InterruptPointIdleStrategy.INSTANCE.idle();
            assertThat(seen).hasSize(2);
        }
    }
}
