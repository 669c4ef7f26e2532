// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * H and H': a device that sees DRIVER_OK sees the queues as the driver set them up.
 *
 * <p>The ring lies in memory that held something else, and what the driver asks for lies in a plain field: the driver writes
 * both, then (H) the word that carries the request; the device loads the word, then (H') looks at them. These are the registers
 * of the in-process transport. x86 keeps stores and loads in order by itself.
 */
public class StartTest {
    private StartTest() {}

    /** What may come of it. */
    @Outcome(id = "started, not yet, .*", expect = ACCEPTABLE, desc = "must be seen: the device looked first")
    @Outcome(
            id = "started, whole, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the queue as the driver made it, and its chain")
    @Outcome(expect = FORBIDDEN, desc = "DRIVER_OK without what was set up before")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** DRIVER_OK, in rings of both formats. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("H/H': a device that sees DRIVER_OK sees the queue, its ring and what was offered")
    @State
    public static class DriverOk extends RaceState {
        private static final RaceSource RACES = new StartRace.All(false);

        /** Makes a race. */
        public DriverOk() {
            super(RACES);
        }

        /** Makes the ring, offers, writes DRIVER_OK. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** If asked to start, does, and takes the chain. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** What may come of DRIVER_OK before the ring is there. */
    @Outcome(id = "started, (not yet|whole), .*", expect = ACCEPTABLE, desc = "by luck, the ring was there")
    @Outcome(
            id = "started, (broken|empty|started without a chain|stale.*), .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "DRIVER_OK without what was set up before, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "something else")
    static final class EarlyOutcomes {
        private EarlyOutcomes() {}
    }

    /** Wrong: DRIVER_OK before the ring is made. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("H wrong: DRIVER_OK written before the ring")
    @State
    public static class DriverOkEarly extends RaceState {
        private static final RaceSource RACES = new StartRace.All(true);

        /** Makes a race. */
        public DriverOkEarly() {
            super(RACES);
        }

        /** Writes DRIVER_OK, then makes the ring and offers. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** If asked to start, does, and takes the chain. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
