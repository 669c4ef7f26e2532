// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.GuardPlace;
import io.virtio4j.preempt.step.GuardSteps;
import io.virtio4j.preempt.step.PerCpuGuard;
import io.virtio4j.preempt.step.RescheduleCallback;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A request to reschedule CPU 0 against the release of a guard: from another CPU, and while another CPU releases one of its own. With
 * the flag of each CPU it always ends in one callback on CPU 0; with the plan's flag for all CPUs the other CPU takes it.
 *
 * <p>These run the very steps of {@code PreemptGuard}. That two interrupts never get between them in a bad order is the
 * explorer's to show ({@code docs/preempt-drop-race.md}); here two processors run them at once.
 */
public class PreemptDropTest {
    private static final long LINE = 2;

    private PreemptDropTest() {}

    /** What {@code PreemptGuard} is to these steps. */
    private static final class Guard extends GuardPlace {
        Guard(CpuSlots slots, int cpu, RescheduleCallback callback) {
            super(slots, cpu, callback);
        }
    }

    /** Two CPUs, and which callbacks began on them. */
    abstract static class Base {
        final CpuSlots slots = CpuPiece.slots();
        final RescheduleCallback callback = this::callBack;
        final GuardPlace guard0 = new Guard(slots, 0, callback);
        final GuardPlace guard1 = new Guard(slots, 1, callback);
        private boolean wrong;

        private int callBack(int cpu) {
            if (slots.getCountOpaque(cpu) != 0) {
                wrong = true;
            }
            return cpu;
        }

        /** As {@code Cpu.interruptPoint()}: a request came with the interrupt. */
        final void interruptPoint(int cpu) {
            if (slots.getRaisedOpaque(cpu) != 0) {
                PerCpuGuard.enterInterrupt(slots, cpu);
                if ((GuardSteps.takeRaised(slots, cpu) & LINE) != 0) {
                    PerCpuGuard.request(slots, cpu);
                }
                PerCpuGuard.exitInterrupt(slots, cpu, callback);
            }
        }

        final String callbacks(int cpu) {
            return wrong ? "with a guard held" : slots.getCallbacksOpaque(cpu) + " on CPU " + cpu;
        }
    }

    /** What may come of a request that another CPU makes. */
    @Outcome(
            id = "at once, 1 on CPU 0",
            expect = ACCEPTABLE,
            desc = "must be seen: taken at an interrupt point, served there or at the release")
    @Outcome(
            id = "later, 1 on CPU 0",
            expect = ACCEPTABLE,
            desc = "raised after the last interrupt point, and taken by the idle task")
    @Outcome(expect = FORBIDDEN, desc = "lost, served twice, or served with a guard held")
    static final class FromAnotherCpuOutcomes {
        private FromAnotherCpuOutcomes() {}
    }

    /** CPU 1 asks for a callback on CPU 0, which holds a guard, takes interrupts in it, and releases it. */
    @JCStressTest
    @JCStressMeta(FromAnotherCpuOutcomes.class)
    @Description("Flag per CPU: a request from another CPU is served once, whenever the guard is released")
    @State
    public static class FromAnotherCpu extends Base {
        /** Holds a guard with an interrupt point before, in and after it. */
        @Actor
        public void guarded(LL_Result r) {
            interruptPoint(0);
            PerCpuGuard.enter(guard0);
            interruptPoint(0);
            PerCpuGuard.exit(guard0);
            interruptPoint(0);
            r.r1 = slots.getCallbacksOpaque(0) > 0 ? "at once" : "later";
        }

        /** Interrupts CPU 0. */
        @Actor
        public void requester() {
            GuardSteps.raise(slots, 0, LINE);
        }

        /** The idle task of CPU 0 takes what was raised too late. */
        @Arbiter
        public void idle(LL_Result r) {
            interruptPoint(0);
            r.r2 = callbacks(0);
        }
    }

    /** What may come of a request when each CPU has its flag. */
    @Outcome(id = "1 on CPU 0, 0 on CPU 1", expect = ACCEPTABLE, desc = "must be seen: served where it was asked for")
    @Outcome(expect = FORBIDDEN, desc = "lost, or served by the wrong CPU")
    static final class PerCpuOutcomes {
        private PerCpuOutcomes() {}
    }

    /** CPU 0 is asked in its guard, and releases it while CPU 1 releases one. */
    @JCStressTest
    @JCStressMeta(PerCpuOutcomes.class)
    @Description("Flag per CPU: no other CPU takes the request")
    @State
    public static class PerCpu extends Base {
        /** Is asked, and releases. */
        @Actor
        public void asked() {
            PerCpuGuard.enter(guard0);
            PerCpuGuard.request(slots, 0);
            PerCpuGuard.exit(guard0);
        }

        /** Takes and releases a guard. */
        @Actor
        public void other() {
            PerCpuGuard.enter(guard1);
            PerCpuGuard.exit(guard1);
        }

        /** Counts. */
        @Arbiter
        public void count(LL_Result r) {
            r.r1 = callbacks(0);
            r.r2 = callbacks(1);
        }
    }

    /** What comes of it with one flag for all. */
    @Outcome(id = "1 on CPU 0, 0 on CPU 1", expect = ACCEPTABLE, desc = "must be seen: served where it was asked for")
    @Outcome(
            id = "0 on CPU 0, 1 on CPU 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the request of CPU 0 is lost: CPU 1 took it, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "nobody was called, or both")
    static final class GlobalOutcomes {
        private GlobalOutcomes() {}
    }

    /** The same with the plan's flag. */
    @JCStressTest
    @JCStressMeta(GlobalOutcomes.class)
    @Description("One flag for all CPUs, wrong: another CPU takes the request")
    @State
    public static class Global extends Base {
        /** Is asked, and releases. */
        @Actor
        public void asked() {
            GlobalPendingGuard.enter(slots, 0);
            GlobalPendingGuard.request(slots, 0);
            GlobalPendingGuard.exit(slots, 0, callback);
        }

        /** Takes and releases a guard. */
        @Actor
        public void other() {
            GlobalPendingGuard.enter(slots, 1);
            GlobalPendingGuard.exit(slots, 1, callback);
        }

        /** Counts. */
        @Arbiter
        public void count(LL_Result r) {
            r.r1 = callbacks(0);
            r.r2 = callbacks(1);
        }
    }
}
