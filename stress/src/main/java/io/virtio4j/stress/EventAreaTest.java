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
 * E: who reads the event suppression structure of a packed queue never sees the flags DESC with a position that was not meant.
 *
 * <p>To arm is to store a position and then (E) the flags that make it count; to read is one load of 32 bits, so that what is
 * seen is the structure at one moment. A mix of two wishes loses no wake-up, since the look behind D' or C' comes after both
 * stores, but the other side would decide by a wish that nobody had: a call too many, or one that is put off.
 *
 * <p>x86 keeps the order of the two stores by itself, so only the reader's half has teeth there: with two loads it sees a mix.
 */
public class EventAreaTest {
    private EventAreaTest() {}

    /** Outcomes of the right variant. */
    @Outcome(
            id = "(armed, nothing yet|nothing yet, armed), .*",
            expect = ACCEPTABLE,
            desc = "must be seen: loaded before the arming")
    @Outcome(
            id = "(armed, the position alone|the position alone, armed), .*",
            expect = ACCEPTABLE,
            desc = "loaded between the two stores: the flags still say DISABLE")
    @Outcome(
            id = "(armed, both|both, armed), .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the position that the flags speak of")
    @Outcome(
            id = "(armed, the flags alone|the flags alone, armed), .*",
            expect = FORBIDDEN,
            desc = "the flags of a wish with the position of another")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variant. */
    @Outcome(id = "(armed, nothing yet|nothing yet, armed), .*", expect = ACCEPTABLE, desc = "loaded before the arming")
    @Outcome(
            id = "(armed, the position alone|the position alone, armed), .*",
            expect = ACCEPTABLE,
            desc = "loaded between the two stores: the flags still say DISABLE")
    @Outcome(id = "(armed, both|both, armed), .*", expect = ACCEPTABLE, desc = "the position that the flags speak of")
    @Outcome(
            id = "armed, the flags alone, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "flags and position of two wishes in the driver's area, as expected of a wrong variant")
    @Outcome(
            id = "the flags alone, armed, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "flags and position of two wishes in the device's area, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** Right: as the library loads it. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("E right: position and flags by one 32-bit load belong together")
    @State
    public static class OneLoad extends RaceState {
        private static final RaceSource RACES = new EventAreaRace.All(false);

        /** Makes a race. */
        public OneLoad() {
            super(RACES);
        }

        /** Arms, or looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks, or arms. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: a load for each, the position first. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("E wrong: two loads mix the flags with an older position")
    @State
    public static class TwoLoads extends RaceState {
        private static final RaceSource RACES = new EventAreaRace.All(true);

        /** Makes a race. */
        public TwoLoads() {
            super(RACES);
        }

        /** Arms, or looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks, or arms. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
