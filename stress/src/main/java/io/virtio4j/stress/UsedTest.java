// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.queue.RingFormat;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * B and B': what a device completes, the driver sees with its id, its length and its data, or not at all.
 *
 * <p>The device writes data and a used element, then (B) the index, or the flags of the first used descriptor. The driver
 * loads the index or the flags, then (B') element and data. The device holds two chains and the one that is sampled is not
 * the first, so that an element that was not there yet would give the wrong token. With two completions the used index jumps
 * by two; with IN_ORDER that jump has one element for both.
 *
 * <p>As for {@link AvailableTest}, x86 and C2 keep this order by themselves as long as nobody loads the element before the
 * index: {@link UsedElementPeekTest} is the case in which a missing B' is seen on x86 too. That this would notice is shown by
 * devices that store the index, or the flags, before what it covers.
 */
public class UsedTest {
    private UsedTest() {}

    /** What may come of one completion. */
    @Outcome(id = "nothing yet, completed, .*", expect = ACCEPTABLE, desc = "must be seen: the driver looked first")
    @Outcome(id = "second, completed, .*", expect = ACCEPTABLE, desc = "must be seen: token, length and data")
    @Outcome(expect = FORBIDDEN, desc = "progress without what it covers")
    static final class OneChainOutcomes {
        private OneChainOutcomes() {}
    }

    /** What may come of two completions. */
    @Outcome(id = "nothing yet, completed, .*", expect = ACCEPTABLE, desc = "must be seen: the driver looked first")
    @Outcome(
            id = "first then second, completed, .* with IN_ORDER",
            expect = ACCEPTABLE,
            desc = "must be seen: both, in the order in which they were offered")
    @Outcome(
            id = "second then first, completed, (split|packed)( at its wrap)?",
            expect = ACCEPTABLE,
            desc = "must be seen: both, in the order in which they were completed")
    @Outcome(expect = FORBIDDEN, desc = "one without the other, or without what the publication covers")
    static final class TwoChainsOutcomes {
        private TwoChainsOutcomes() {}
    }

    /** One of two chains in flight, out of order, in a split ring. */
    @JCStressTest
    @JCStressMeta(OneChainOutcomes.class)
    @Description("B/B' split: a completion is seen with its token, length and data, or not at all")
    @State
    public static class Split extends RaceState {
        private static final RaceSource RACES = new UsedRace.OneChain(RingFormat.SPLIT);

        /** Makes a race. */
        public Split() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Writes the data, completes and publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Two completions in a split ring behind one publication. */
    @JCStressTest
    @JCStressMeta(TwoChainsOutcomes.class)
    @Description(
            "B/B' split: two completions behind one publication are seen both or not at all, in the device's order")
    @State
    public static class SplitTwoChains extends RaceState {
        private static final RaceSource RACES = new UsedRace.TwoChains(RingFormat.SPLIT);

        /** Makes a race. */
        public SplitTwoChains() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Completes both, then publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** One of two chains in flight, out of order, in a packed ring. */
    @JCStressTest
    @JCStressMeta(OneChainOutcomes.class)
    @Description("B/B' packed: a completion is seen with its token, length and data, or not at all")
    @State
    public static class Packed extends RaceState {
        private static final RaceSource RACES = new UsedRace.OneChain(RingFormat.PACKED);

        /** Makes a race. */
        public Packed() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Writes the data, completes and publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Two completions in a packed ring behind one publication. */
    @JCStressTest
    @JCStressMeta(TwoChainsOutcomes.class)
    @Description(
            "B/B' packed: two completions behind one publication are seen both or not at all, in the device's order")
    @State
    public static class PackedTwoChains extends RaceState {
        private static final RaceSource RACES = new UsedRace.TwoChains(RingFormat.PACKED);

        /** Makes a race. */
        public PackedTwoChains() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Completes both, then publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** What may come of progress that is shown too early. */
    @Outcome(
            id = "(nothing yet|second|second then first), completed, .*",
            expect = ACCEPTABLE,
            desc = "by luck, it was there")
    @Outcome(
            id = ".*(broken|stale).*, completed, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "progress without what it covers, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "something else")
    static final class EarlyOutcomes {
        private EarlyOutcomes() {}
    }

    /** Wrong: the index of a split ring before the used element. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("B split wrong: the index stored before what it covers")
    @State
    public static class SplitEarly extends RaceState {
        private static final RaceSource RACES = new UsedRace.Early(RingFormat.SPLIT, false);

        /** Makes a race. */
        public SplitEarly() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Shows the completion, then writes the data, completes and publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the index of a split ring before two used elements. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("B split wrong: the index stored before the two completions that it covers")
    @State
    public static class SplitEarlyTwoChains extends RaceState {
        private static final RaceSource RACES = new UsedRace.Early(RingFormat.SPLIT, true);

        /** Makes a race. */
        public SplitEarlyTwoChains() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Shows both, then completes and publishes them. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the flags of a packed ring before the used element. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("B packed wrong: the flags stored before what it covers")
    @State
    public static class PackedEarly extends RaceState {
        private static final RaceSource RACES = new UsedRace.Early(RingFormat.PACKED, false);

        /** Makes a race. */
        public PackedEarly() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Shows the completion, then writes the data, completes and publishes. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the flags of a packed ring before two used elements. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("B packed wrong: the flags stored before the two completions that it covers")
    @State
    public static class PackedEarlyTwoChains extends RaceState {
        private static final RaceSource RACES = new UsedRace.Early(RingFormat.PACKED, true);

        /** Makes a race. */
        public PackedEarlyTwoChains() {
            super(RACES);
        }

        /** Looks once. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Shows both, then completes and publishes them. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
