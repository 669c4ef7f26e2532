// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * D and D' taken apart, the mirror image of {@link KickMutantTest}: what becomes of the driver's wake-up when the full barrier
 * of one side is missing, weaker or elsewhere. The queues are those of {@link CallTest} with one fence changed.
 */
public class CallMutantTest {
    private CallMutantTest() {}

    /** Outcomes of the mutants: those of the shipped code, and of each mutant the one that must not be. */
    @Outcome(id = "asleep, call, .*", expect = ACCEPTABLE, desc = "the call wakes the driver")
    @Outcome(id = "awake, call, .*", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "awake, no call, .*", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(id = "asleep, no call, dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost call: no fence")
    @Outcome(id = "asleep, no call, weakened to Wmb", expect = ACCEPTABLE_INTERESTING, desc = "lost call: Wmb for Mb")
    @Outcome(id = "asleep, no call, weakened to Rmb", expect = ACCEPTABLE_INTERESTING, desc = "lost call: Rmb for Mb")
    @Outcome(
            id = "asleep, no call, weakened to Wmb and Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb and Rmb for Mb")
    @Outcome(id = "asleep, no call, early", expect = ACCEPTABLE_INTERESTING, desc = "lost call: Mb before the store")
    @Outcome(id = "asleep, no call, late", expect = ACCEPTABLE_INTERESTING, desc = "lost call: Mb after the load")
    static final class Wrong {
        private Wrong() {}
    }

    /** The fence D of the device of a split ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D split wrong: calls are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDevice extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("split-device-call", CallRace.Split.class);

        /** Makes a race over the next mutant. */
        public SplitDevice() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence D' of the driver of a split ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D' split wrong: calls are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDriver extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("split-driver-arm", CallRace.Split.class);

        /** Makes a race over the next mutant. */
        public SplitDriver() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence D of the device of a packed ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D packed wrong: calls are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDevice extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("packed-device-call", CallRace.Packed.class);

        /** Makes a race over the next mutant. */
        public PackedDevice() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence D' of the driver of a packed ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D' packed wrong: calls are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDriver extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("packed-driver-arm", CallRace.Packed.class);

        /** Makes a race over the next mutant. */
        public PackedDriver() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The same of the fences behind all letters. */
    @Outcome(id = "asleep, call, .*", expect = ACCEPTABLE, desc = "the call wakes the driver")
    @Outcome(id = "awake, call, .*", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "awake, no call, .*", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(
            id = "asleep, no call, packed-ring-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: no fence")
    @Outcome(
            id = "asleep, no call, packed-ring-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb for Mb")
    @Outcome(
            id = "asleep, no call, packed-ring-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Rmb for Mb")
    @Outcome(
            id = "asleep, no call, packed-ring-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb and Rmb for Mb")
    @Outcome(
            id = "asleep, no call, memory-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: no fence")
    @Outcome(
            id = "asleep, no call, memory-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb for Mb")
    @Outcome(
            id = "asleep, no call, memory-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Rmb for Mb")
    @Outcome(
            id = "asleep, no call, memory-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb and Rmb for Mb")
    @Outcome(
            id = "asleep, no call, token-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: no fence")
    @Outcome(
            id = "asleep, no call, token-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb for Mb")
    @Outcome(
            id = "asleep, no call, token-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Rmb for Mb")
    @Outcome(
            id = "asleep, no call, token-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost call: Wmb and Rmb for Mb")
    static final class WrongPackedRing {
        private WrongPackedRing() {}
    }

    /** The full fence wherever a packed ring issues it: on both sides. */
    @JCStressTest
    @JCStressMeta(WrongPackedRing.class)
    @Description("All letters, packed wrong: calls are lost when every Mb is dropped or weakened")
    @State
    public static class AllPacked extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of(List.of("packed-ring-mb", "memory-mb", "token-mb"), CallRace.Packed.class);

        /** Makes a race over the next mutant. */
        public AllPacked() {
            super(RACES);
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
