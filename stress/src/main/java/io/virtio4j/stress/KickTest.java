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
 * C and C': a device never falls asleep over a chain without being kicked.
 *
 * <p>The driver publishes, then (C) asks whether the device wants a kick. The device says that it wants one, then (C')
 * looks a last time. Each stores and then loads what the other stored: unless both have a full barrier in between, both
 * loads may miss both stores, and the queue sleeps with work in it. {@link KickMutantTest} has the same queues without.
 */
public class KickTest {
    private KickTest() {}

    /** What may come of it. */
    @Outcome(
            id = "woken, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: in every round a kick, or found in the last look")
    @Outcome(
            id = "woken and both noticed, .*",
            expect = ACCEPTABLE,
            desc = "the same, and once a kick that was not needed")
    @Outcome(id = "alone, .*", expect = ACCEPTABLE, desc = "the sides did not run at the same time")
    @Outcome(id = "lost, .*", expect = FORBIDDEN, desc = "lost wake-up: work in the queue and nobody told")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** In a split ring, by flags and by event index. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("C/C' split: the device sleeps only if it will get a kick")
    @State
    public static class Split extends RaceState {
        private static final RaceSource RACES = new KickRace.Split();

        /** Makes a race. */
        public Split() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver() {
            race.driver();
        }

        /** Asks for kicks, then looks. */
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
    @Description("C/C' packed: the device sleeps only if it will get a kick")
    @State
    public static class Packed extends RaceState {
        private static final RaceSource RACES = new KickRace.Packed();

        /** Makes a race. */
        public Packed() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver() {
            race.driver();
        }

        /** Asks for kicks, then looks. */
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
