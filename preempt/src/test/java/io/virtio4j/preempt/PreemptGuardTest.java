// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guard has two ways to its count: without the cross-check, as everybody boots it, the short one. */
class PreemptGuardTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isActiveFromEnterToClose(boolean crossCheck) {
        try (Booted booted = Booted.with(1, options -> options.withCrossCheck(crossCheck))) {
            assertThat(PreemptGuard.isActive()).isFalse();
            try (PreemptGuard guard = PreemptGuard.enter()) {
                assertThat(guard.cpu()).isSameAs(Cpu.current());
                assertThat(PreemptGuard.isActive()).isTrue();
                assertThat(PreemptGuard.count()).isEqualTo(1);
            }
            assertThat(PreemptGuard.isActive()).isFalse();
            assertThat(booted.cpus.statistics().maxDepth()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nestsAndCountsEachLevel(boolean crossCheck) {
        try (Booted booted = Booted.with(1, options -> options.withCrossCheck(crossCheck))) {
            try (PreemptGuard outer = PreemptGuard.enter()) {
                try (PreemptGuard inner = booted.cpu(0).enterGuard()) {
                    assertThat(inner).isSameAs(outer);
                    assertThat(PreemptGuard.count()).isEqualTo(2);
                }
                assertThat(PreemptGuard.count()).isEqualTo(1);
            }
            assertThat(PreemptGuard.count()).isZero();
            assertThat(booted.cpus.statistics().maxDepth()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReleaseTooManyThrowsWithTheCpuAndTheCountAndChangesNothing(boolean crossCheck) {
        try (Booted booted = Booted.with(1, options -> options.withCrossCheck(crossCheck))) {
            PreemptGuard guard = PreemptGuard.enter();
            guard.close();
            assertThatThrownBy(guard::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CPU 0")
                    .hasMessageContaining("its count is 0");
            assertThat(PreemptGuard.count()).isZero();
            booted.quiet();
        }
    }

    @Test
    void aThreadThatIsNoCpuCannotTakeOne() throws Exception {
        try (Booted booted = Booted.with(2)) {
            Cpu cpu = booted.cpu(0);
            CompletableFuture.runAsync(() -> {
                        assertThatThrownBy(PreemptGuard::enter)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("runs as no CPU");
                        assertThatThrownBy(PreemptGuard::count).isInstanceOf(IllegalStateException.class);
                        assertThatThrownBy(cpu::enterGuard)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("does not run as CPU 0");
                        assertThatThrownBy(cpu::enterIrqGuard).isInstanceOf(IllegalStateException.class);
                    })
                    .get();
            assertThat(cpu.guardCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherCpusGuardCanBeNeitherTakenNorReleased(boolean crossCheck) {
        try (Booted booted = Booted.with(2, options -> options.withCrossCheck(crossCheck))) {
            assertThatThrownBy(booted.cpu(1)::enterGuard)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not run as CPU 1");
            PreemptGuard guard = PreemptGuard.enter();
            assertThat(booted.cpu(0).enterGuard()).isSameAs(guard);
            guard.close();
            Task task = booted.cpus.scheduler().spawn("thief", guard::close, booted.cpu(1));
            guard.close();
            assertThat(task.join(Booted.LONG_NANOS)).isTrue();
            assertThat(booted.errors).singleElement().isInstanceOf(IllegalStateException.class);
            assertThat(booted.cpu(0).guardCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenTheSetIsClosedTheThreadIsNoCpuAnyMore(boolean crossCheck) {
        Booted booted = Booted.with(1, options -> options.withCrossCheck(crossCheck));
        PreemptGuard guard = PreemptGuard.enter();
        guard.close();
        booted.close();
        assertThatThrownBy(PreemptGuard::enter).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(booted.cpu(0)::enterGuard)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not run as CPU 0");
        assertThatThrownBy(guard::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not run as CPU 0");
    }

    @Test
    void closingTheSetWithAGuardHeldIsToldAfterAllHasEnded() {
        Booted booted = Booted.with(2);
        PreemptGuard.enter();
        assertThatThrownBy(booted::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 guards held on CPU 0");
        Booted.with(2).close();
    }

    /** Any nesting of takes, releases, requests and interrupts, against a count of our own. */
    @Property(tries = 200)
    void callsBackExactlyWhenTheLastGuardGoesAndARequestWaits(
            @ForAll boolean crossCheck, @ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> operations) {
        try (Booted booted = Booted.with(1, options -> options.withCrossCheck(crossCheck))) {
            List<Integer> countsSeen = new ArrayList<>();
            Reschedule.registerCallback(booted.cpus, cpu -> countsSeen.add(cpu.guardCount()));
            int depth = 0;
            boolean requested = false;
            int expected = 0;
            for (int operation : operations) {
                if (operation <= 1) {
                    PreemptGuard.enter();
                    depth++;
                } else if (operation <= 3 && depth > 0) {
                    booted.cpu(0).guard.close();
                    depth--;
                } else if (operation == 4) {
                    Reschedule.setReschedulePending();
                    requested = true;
                    if (depth == 0) {
                        Cpu.interruptPoint();
                    }
                } else if (operation == 5) {
                    booted.cpus.interrupts().raise(InterruptController.TIMER);
                    Cpu.interruptPoint();
                    requested = true;
                }
                if (depth == 0 && requested) {
                    requested = false;
                    expected++;
                }
                assertThat(PreemptGuard.count()).isEqualTo(depth);
                assertThat(countsSeen).hasSize(expected).allMatch(count -> count == 0);
                assertThat(Reschedule.isReschedulePending()).isEqualTo(requested);
            }
            while (depth-- > 0) {
                booted.cpu(0).guard.close();
            }
            assertThat(booted.quiet().lost()).isZero();
            assertThat(booted.errors).isEmpty();
        }
    }
}
