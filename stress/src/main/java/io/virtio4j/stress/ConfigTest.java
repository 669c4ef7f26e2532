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
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * G and G': a driver that saw the same even generation before and after its loads saw the fields of one update.
 *
 * <p>The device makes the generation odd, writes the fields, then (G) makes it even; the driver loads the generation, then (G')
 * the fields, then (G') the generation again. x86 keeps stores in order and loads in order, so a missing fence shows nothing
 * there; that the two do meet is what the variant without the comparison shows.
 */
public class ConfigTest {
    private ConfigTest() {}

    /** Outcomes of the right variant. */
    @Outcome(id = "one state, updated", expect = ACCEPTABLE, desc = "must be seen: before or after the update")
    @Outcome(
            id = "changed meanwhile, updated",
            expect = ACCEPTABLE,
            desc = "must be seen: the driver has to read again")
    @Outcome(expect = FORBIDDEN, desc = "two generations in one read, or one that is gone")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variant. */
    @Outcome(id = "one state, updated", expect = ACCEPTABLE, desc = "before or after the update")
    @Outcome(
            id = "torn, updated",
            expect = ACCEPTABLE_INTERESTING,
            desc = "two generations in one read, as expected of a wrong variant")
    @Outcome(
            id = "an older one than before, updated",
            expect = ACCEPTABLE,
            desc = "after a mix that looked like a later one")
    static final class Wrong {
        private Wrong() {}
    }

    /** Right: what counts is read between two loads of the same even generation. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("G/G' right: fields read under one even generation are those of one update")
    @State
    public static class Compared extends RaceState {
        private static final Race CONFIG = new ConfigRace(true);

        /** Goes on with the same configuration. */
        public Compared() {
            super(() -> CONFIG);
        }

        /** Reads generation, fields, generation. */
        @Actor
        public void driver(LL_Result r) {
            r.r1 = race.driver();
        }

        /** Updates both fields. */
        @Actor
        public void device(LL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the generation is not looked at. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("G/G' wrong: without a look at the generation a read mixes two updates")
    @State
    public static class NotCompared extends RaceState {
        private static final Race CONFIG = new ConfigRace(false);

        /** Goes on with the same configuration. */
        public NotCompared() {
            super(() -> CONFIG);
        }

        /** Reads generation, fields, generation. */
        @Actor
        public void driver(LL_Result r) {
            r.r1 = race.driver();
        }

        /** Updates both fields. */
        @Actor
        public void device(LL_Result r) {
            r.r2 = race.device();
        }
    }
}
