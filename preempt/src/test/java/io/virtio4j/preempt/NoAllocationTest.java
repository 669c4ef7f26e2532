// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once warm, guards, interrupts, requests and messages between CPUs allocate nothing. */
class NoAllocationTest {
    private static final int ROUNDS = 2_000;

    /** The JVM itself allocates a few hundred bytes now and then while it links and compiles; our code would each time. */
    private static final int REPEATS = 8;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long handled;

    @ParameterizedTest
    @CsvSource({"PER_CPU, false", "PER_CPU, true", "GLOBAL_PENDING, false"})
    void noneOfThemAllocates(PreemptPolicy policy, boolean crossCheck) {
        try (Booted booted =
                Booted.with(2, options -> options.withPolicy(policy).withCrossCheck(crossCheck))) {
            InterruptController interrupts = booted.cpus.interrupts();
            interrupts.register(InterruptController.FIRST_FREE, (cpu, line) -> handled++);
            CrossCall call = cpu -> handled++;
            long leastBytes = Long.MAX_VALUE;
            for (int repeat = 0; repeat < REPEATS && leastBytes != 0; repeat++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                rounds(booted, call);
                leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(leastBytes).as("bytes in %d rounds", ROUNDS).isZero();
            assertThat(handled).isPositive();
            assertThat(booted.errors).isEmpty();
        }
    }

    private void rounds(Booted booted, CrossCall call) {
        InterruptController interrupts = booted.cpus.interrupts();
        Cpu here = booted.cpu(0);
        Cpu other = booted.cpu(1);
        for (int round = 0; round < ROUNDS; round++) {
            try (PreemptGuard outer = PreemptGuard.enter();
                    PreemptGuard inner = here.enterGuard()) {
                interrupts.raise(InterruptController.TIMER);
                interrupts.raise(InterruptController.FIRST_FREE);
                interrupts.send(here, call);
                InterruptPointIdleStrategy.INSTANCE.idle();
                handled += outer == inner ? 1 : 0;
            }
            try (IrqPreemptGuard masked = IrqPreemptGuard.enter()) {
                Reschedule.setReschedulePending();
                handled += masked.cpu().index();
            }
            interrupts.send(other, call);
            Reschedule.setReschedulePending(other);
            Cpu.interruptPoint();
            Scheduler.yieldNow();
        }
    }
}
