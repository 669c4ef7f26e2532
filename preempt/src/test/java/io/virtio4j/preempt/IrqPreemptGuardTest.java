// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IrqPreemptGuardTest {

    private final List<String> seen = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"PER_CPU, false", "PER_CPU, true", "GLOBAL_PENDING, false", "GLOBAL_PENDING, true"})
    void keepsInterruptsOutThenTakesThemThenCallsBack(PreemptPolicy policy, boolean crossCheck) {
        try (Booted booted =
                Booted.with(1, options -> options.withPolicy(policy).withCrossCheck(crossCheck))) {
            Reschedule.registerCallback(
                    booted.cpus, cpu -> seen.add("callback, masked " + InterruptController.isMasked()));
            booted.cpus.interrupts().register(InterruptController.FIRST_FREE, (cpu, line) -> {
                seen.add("interrupt with " + cpu.guardCount());
                Reschedule.setReschedulePending();
            });
            try (IrqPreemptGuard outer = IrqPreemptGuard.enter()) {
                try (IrqPreemptGuard inner = booted.cpu(0).enterIrqGuard()) {
                    booted.cpus.interrupts().raise(InterruptController.FIRST_FREE);
                    Cpu.interruptPoint();
                    assertThat(PreemptGuard.count()).isEqualTo(2);
                    assertThat(inner.cpu()).isSameAs(outer.cpu());
                }
                Cpu.interruptPoint();
                assertThat(InterruptController.isMasked()).isTrue();
                assertThat(PreemptGuard.count()).isEqualTo(1);
                assertThat(seen).isEmpty();
            }
            assertThat(seen).containsExactly("interrupt with 1", "callback, masked false");
            assertThat(PreemptGuard.isActive()).isFalse();
            assertThat(InterruptController.isMasked()).isFalse();
            assertThat(booted.quiet().lost()).isZero();
        }
    }

    @Test
    void restoresWhatItFound() {
        try (Booted booted = Booted.with(1)) {
            InterruptController.mask();
            try (IrqPreemptGuard guard = IrqPreemptGuard.enter()) {
                assertThat(guard.cpu()).isSameAs(booted.cpu(0));
            }
            assertThat(InterruptController.isMasked()).isTrue();
            InterruptController.unmask();
            assertThat(InterruptController.isMasked()).isFalse();
        }
    }

    @Test
    void insideAGuardItLeavesThatGuardHeld() {
        try (Booted booted = Booted.with(1)) {
            try (PreemptGuard outer = PreemptGuard.enter()) {
                try (IrqPreemptGuard guard = IrqPreemptGuard.enter()) {
                    assertThat(guard.cpu()).isSameAs(outer.cpu());
                }
                assertThat(PreemptGuard.count()).isEqualTo(1);
                assertThat(InterruptController.isMasked()).isFalse();
            }
            assertThat(booted.errors).isEmpty();
        }
    }

    @Test
    void aReleaseTooManyAndUnmaskingInsideAreRefused() {
        try (Booted booted = Booted.with(1)) {
            IrqPreemptGuard guard = IrqPreemptGuard.enter();
            assertThatThrownBy(InterruptController::unmask).hasMessageContaining("interrupt guard");
            guard.close();
            assertThatThrownBy(guard::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CPU 0");
            booted.quiet();
        }
    }
}
