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
 * C and C' taken apart: what becomes of the wake-up when the full barrier of one side is missing, weaker or elsewhere.
 *
 * <p>A store followed by a load of another location is the one order that x86 does not keep: the store waits in the
 * store buffer while the load goes ahead. So these are seen to fail on x86. The queues are the shipped classes of
 * {@link KickTest}, each time with one fence changed in their byte code; the other side has its own.
 */
public class KickMutantTest {
    private KickMutantTest() {}

    /** Outcomes of the mutants: those of the shipped code, and of each mutant the one that must not be. */
    @Outcome(id = "kick, asleep, .*", expect = ACCEPTABLE, desc = "the kick wakes the device")
    @Outcome(id = "kick, awake, .*", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no kick, awake, .*", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(id = "no kick, asleep, dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost kick: no fence")
    @Outcome(id = "no kick, asleep, weakened to Wmb", expect = ACCEPTABLE_INTERESTING, desc = "lost kick: Wmb for Mb")
    @Outcome(id = "no kick, asleep, weakened to Rmb", expect = ACCEPTABLE_INTERESTING, desc = "lost kick: Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, weakened to Wmb and Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb and Rmb for Mb")
    @Outcome(id = "no kick, asleep, early", expect = ACCEPTABLE_INTERESTING, desc = "lost kick: Mb before the store")
    @Outcome(id = "no kick, asleep, late", expect = ACCEPTABLE_INTERESTING, desc = "lost kick: Mb after the load")
    static final class Wrong {
        private Wrong() {}
    }

    /** The fence C of the driver of a split ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C split wrong: kicks are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDriver extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("split-driver-kick", KickRace.Split.class);

        /** Makes a race over the next mutant. */
        public SplitDriver() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence C' of the device of a split ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C' split wrong: kicks are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDevice extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("split-device-arm", KickRace.Split.class);

        /** Makes a race over the next mutant. */
        public SplitDevice() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence C of the driver of a packed ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C packed wrong: kicks are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDriver extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("packed-driver-kick", KickRace.Packed.class);

        /** Makes a race over the next mutant. */
        public PackedDriver() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The fence C' of the device of a packed ring. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C' packed wrong: kicks are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDevice extends MutantRaces.State {
        private static final MutantRaces RACES = MutantRaces.of("packed-device-arm", KickRace.Packed.class);

        /** Makes a race over the next mutant. */
        public PackedDevice() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** The same of the fences behind all letters. */
    @Outcome(id = "kick, asleep, .*", expect = ACCEPTABLE, desc = "the kick wakes the device")
    @Outcome(id = "kick, awake, .*", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no kick, awake, .*", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(
            id = "no kick, asleep, split-ring-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: no fence")
    @Outcome(
            id = "no kick, asleep, split-ring-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb for Mb")
    @Outcome(
            id = "no kick, asleep, split-ring-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, split-ring-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb and Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, memory-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: no fence")
    @Outcome(
            id = "no kick, asleep, memory-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb for Mb")
    @Outcome(
            id = "no kick, asleep, memory-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, memory-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb and Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, token-mb/all/dropped",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: no fence")
    @Outcome(
            id = "no kick, asleep, token-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb for Mb")
    @Outcome(
            id = "no kick, asleep, token-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Rmb for Mb")
    @Outcome(
            id = "no kick, asleep, token-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost kick: Wmb and Rmb for Mb")
    static final class WrongSplitRing {
        private WrongSplitRing() {}
    }

    /** The full fence wherever a split ring issues it: on both sides. */
    @JCStressTest
    @JCStressMeta(WrongSplitRing.class)
    @Description("All letters, split wrong: kicks are lost when every Mb is dropped or weakened")
    @State
    public static class AllSplit extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of(List.of("split-ring-mb", "memory-mb", "token-mb"), KickRace.Split.class);

        /** Makes a race over the next mutant. */
        public AllSplit() {
            super(RACES);
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = mutant;
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
