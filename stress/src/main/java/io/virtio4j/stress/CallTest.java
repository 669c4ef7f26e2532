// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * D and D': a driver never falls asleep over a completion without being called.
 *
 * <p>The mirror image of {@link KickTest}: the device publishes, then (D) asks whether the driver wants a call; the driver
 * says that it wants one, then (D') looks a last time. {@link CallMutantTest} has the same queues without the full barrier.
 */
public class CallTest {
    private CallTest() {}

    /** What may come of it. */
    @Outcome(
            id = "woken, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: in every round a call, or found in the last look")
    @Outcome(
            id = "woken and both noticed, .*",
            expect = ACCEPTABLE,
            desc = "the same, and once a call that was not needed")
    @Outcome(id = "alone, .*", expect = ACCEPTABLE, desc = "the sides did not run at the same time")
    @Outcome(id = "lost, .*", expect = FORBIDDEN, desc = "lost wake-up: work in the queue and nobody told")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** In a split ring, by flags and by event index. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("D/D' split: the driver sleeps only if it will get a call")
    @State
    public static class Split extends RaceState {
        private static final RaceSource RACES = new CallRace.Split();

        /** Makes a race. */
        public Split() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver() {
            race.driver();
        }

        /** Publishes, then asks. */
        @Actor
        public void device() {
            race.device();
        }

        /** Looks at what became of all wake-ups. */
        @Arbiter
        public void after(LL_Result r) {
            r.r1 = race.after();
            r.r2 = race.ring();
        }
    }

    /** In a packed ring, by flags and by event index. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("D/D' packed: the driver sleeps only if it will get a call")
    @State
    public static class Packed extends RaceState {
        private static final RaceSource RACES = new CallRace.Packed();

        /** Makes a race. */
        public Packed() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver() {
            race.driver();
        }

        /** Publishes, then asks. */
        @Actor
        public void device() {
            race.device();
        }

        /** Looks at what became of all wake-ups. */
        @Arbiter
        public void after(LL_Result r) {
            r.r1 = race.after();
            r.r2 = race.ring();
        }
    }
}
