// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.preempt.step.CpuSleep;
import io.virtio4j.preempt.step.CpuSlots;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * An idle CPU says that it sleeps and then looks at its interrupt lines; whoever raises a line then looks whether it sleeps. A store
 * and then a load on both sides: with volatile accesses one of them sees the other, with weaker ones on the sleeper's side the
 * interrupt is not taken until something else wakes the CPU.
 *
 * <p>The lines, the word that says asleep and the steps of the right variant are the shipped ones, those of {@link CpuSleep}: {@code Cpu}
 * parks when these say that it may, and unparks when they say that it has to. The park itself is left out, since it ends for no reason
 * too: nothing would tell a lost interrupt from one taken. The wrong variant differs in the sleeper's two accesses, to the same
 * word and the same lines.
 */
public class CpuSleepTest {
    private static final long LINE = 2;

    private CpuSleepTest() {}

    /** Outcomes of the right variant. */
    @Outcome(id = "wakes it, asleep", expect = ACCEPTABLE, desc = "must be seen: the raiser wakes the CPU")
    @Outcome(id = "wakes it, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "leaves it, awake", expect = ACCEPTABLE, desc = "must be seen: found in the last look")
    @Outcome(id = "leaves it, asleep", expect = FORBIDDEN, desc = "an interrupt that nobody takes")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variant. */
    @Outcome(id = "wakes it, asleep", expect = ACCEPTABLE, desc = "the raiser wakes the CPU")
    @Outcome(id = "wakes it, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "leaves it, awake", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(
            id = "leaves it, asleep",
            expect = ACCEPTABLE_INTERESTING,
            desc = "an interrupt that nobody takes, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** A CPU and whether it sleeps. */
    abstract static class Base {
        /** The shipped word, for a sleeper that accesses it in another mode. */
        private static final VarHandle ASLEEP;

        static {
            try {
                ASLEEP = MethodHandles.privateLookupIn(CpuSleep.class, MethodHandles.lookup())
                        .findVarHandle(CpuSleep.class, "asleep", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final CpuSlots slots = CpuPiece.slots();
        private final CpuSleep sleep = new CpuSleep(slots, 0);

        final String raise() {
            return sleep.raise(LINE) ? "wakes it" : "leaves it";
        }

        final String sleep() {
            return sleep.fallAsleep() ? "asleep" : "awake";
        }

        final String sleepWithLess() {
            ASLEEP.setRelease(sleep, true);
            return slots.getRaisedOpaque(0) == 0 ? "asleep" : "awake";
        }
    }

    /** Right: what {@code Cpu} calls. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("A CPU that falls asleep sees the interrupt, or is woken")
    @State
    public static class Volatile extends Base {
        /** Raises, then looks. */
        @Actor
        public void raiser(LL_Result r) {
            r.r1 = raise();
        }

        /** Says that it sleeps, then looks. */
        @Actor
        public void sleeper(LL_Result r) {
            r.r2 = sleep();
        }
    }

    /** Wrong: the sleeper's store may wait while its load goes ahead. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("A sleeper that stores with release and looks opaquely misses interrupts")
    @State
    public static class Release extends Base {
        /** Raises, then looks. */
        @Actor
        public void raiser(LL_Result r) {
            r.r1 = raise();
        }

        /** Says that it sleeps, then looks. */
        @Actor
        public void sleeper(LL_Result r) {
            r.r2 = sleepWithLess();
        }
    }
}
