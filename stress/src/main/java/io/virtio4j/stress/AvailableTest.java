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
 * A and A': what a driver offers, the device sees as a whole or not at all.
 *
 * <p>The driver writes data and descriptors (of a split ring also a slot of the available ring), then (A) the index, or the
 * flags of the first descriptor. The device loads the index or the flags, then (A') the rest and the data. A slot of a split
 * ring that was not there yet would name descriptor 0, which the device already holds, and break the queue; a descriptor
 * that was not there yet has a length of 0, or the one of a lap ago; data that was not there yet are 0.
 *
 * <p>On x86 neither the processor nor C2 moves these stores or these loads, so a missing fence would not be seen here:
 * on such a machine this shows that the queue is right as compiled, not that the fences are needed. That it would notice is shown by
 * drivers that store the index, or the flags, before what it covers, as a processor might that no fence holds back.
 */
public class AvailableTest {
    private AvailableTest() {}

    /** What may come of one chain. */
    @Outcome(id = "offered, nothing yet, .*", expect = ACCEPTABLE, desc = "must be seen: the device looked first")
    @Outcome(id = "offered, whole, .*", expect = ACCEPTABLE, desc = "must be seen: position, descriptors and data")
    @Outcome(expect = FORBIDDEN, desc = "progress without what it covers")
    static final class OneChainOutcomes {
        private OneChainOutcomes() {}
    }

    /** What may come of two chains. */
    @Outcome(
            id = "offered, nothing yet, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the device looked twice before")
    @Outcome(
            id = "offered, the first at the second look, .*",
            expect = ACCEPTABLE,
            desc = "the publication came between the two looks")
    @Outcome(id = "offered, both whole, .*", expect = ACCEPTABLE, desc = "must be seen: both, in order")
    @Outcome(expect = FORBIDDEN, desc = "the first without the second, or without what it covers")
    static final class TwoChainsOutcomes {
        private TwoChainsOutcomes() {}
    }

    /** One chain of two parts in a split ring. */
    @JCStressTest
    @JCStressMeta(OneChainOutcomes.class)
    @Description(
            "A/A' split: an offered chain is seen with its place in the ring, all its descriptors and its data, or not at all")
    @State
    public static class Split extends RaceState {
        private static final RaceSource RACES = new AvailableRace.OneChain(RingFormat.SPLIT);

        /** Makes a race. */
        public Split() {
            super(RACES);
        }

        /** Writes the request and offers it. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks once. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Two chains in a split ring behind one publication. */
    @JCStressTest
    @JCStressMeta(TwoChainsOutcomes.class)
    @Description("A/A' split: two chains behind one publication are seen both or not at all, each with its data")
    @State
    public static class SplitTwoChains extends RaceState {
        private static final RaceSource RACES = new AvailableRace.TwoChains(RingFormat.SPLIT);

        /** Makes a race. */
        public SplitTwoChains() {
            super(RACES);
        }

        /** Adds both, then publishes. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks twice. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** One chain of two parts in a packed ring. */
    @JCStressTest
    @JCStressMeta(OneChainOutcomes.class)
    @Description(
            "A/A' packed: an offered chain is seen with its place in the ring, all its descriptors and its data, or not at all")
    @State
    public static class Packed extends RaceState {
        private static final RaceSource RACES = new AvailableRace.OneChain(RingFormat.PACKED);

        /** Makes a race. */
        public Packed() {
            super(RACES);
        }

        /** Writes the request and offers it. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks once. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Two chains in a packed ring behind one publication. */
    @JCStressTest
    @JCStressMeta(TwoChainsOutcomes.class)
    @Description("A/A' packed: two chains behind one publication are seen both or not at all, each with its data")
    @State
    public static class PackedTwoChains extends RaceState {
        private static final RaceSource RACES = new AvailableRace.TwoChains(RingFormat.PACKED);

        /** Makes a race. */
        public PackedTwoChains() {
            super(RACES);
        }

        /** Adds both, then publishes. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks twice. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** What may come of progress that is shown too early. */
    @Outcome(
            id = "offered, (nothing yet|whole|both whole|the first at the second look), .*",
            expect = ACCEPTABLE,
            desc = "by luck, it was there")
    @Outcome(
            id = "offered, .*(broken|stale).*, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "progress without what it covers, as expected of a wrong variant")
    @Outcome(
            id = "offered, whole then nothing yet, .*",
            expect = ACCEPTABLE,
            desc = "the same of the second chain: of packed rings, whose first flags cover one chain here")
    @Outcome(expect = FORBIDDEN, desc = "the driver could not offer")
    static final class EarlyOutcomes {
        private EarlyOutcomes() {}
    }

    /** Wrong: the index of a split ring before the descriptors. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("A split wrong: the index stored before what it covers")
    @State
    public static class SplitEarly extends RaceState {
        private static final RaceSource RACES = new AvailableRace.Early(RingFormat.SPLIT, false);

        /** Makes a race. */
        public SplitEarly() {
            super(RACES);
        }

        /** Shows the request, then writes and offers it. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks once. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the index of a split ring before the descriptors of two chains. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("A split wrong: the index stored before the two chains that it covers")
    @State
    public static class SplitEarlyTwoChains extends RaceState {
        private static final RaceSource RACES = new AvailableRace.Early(RingFormat.SPLIT, true);

        /** Makes a race. */
        public SplitEarlyTwoChains() {
            super(RACES);
        }

        /** Shows both, then adds and publishes them. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks twice. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the flags of a packed ring before the descriptors. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("A packed wrong: the flags stored before what it covers")
    @State
    public static class PackedEarly extends RaceState {
        private static final RaceSource RACES = new AvailableRace.Early(RingFormat.PACKED, false);

        /** Makes a race. */
        public PackedEarly() {
            super(RACES);
        }

        /** Shows the request, then writes and offers it. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks once. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: the flags of a packed ring before the descriptors of two chains. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("A packed wrong: the flags stored before the two chains that it covers")
    @State
    public static class PackedEarlyTwoChains extends RaceState {
        private static final RaceSource RACES = new AvailableRace.Early(RingFormat.PACKED, true);

        /** Makes a race. */
        public PackedEarlyTwoChains() {
            super(RACES);
        }

        /** Shows both, then adds and publishes them. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Looks twice. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
