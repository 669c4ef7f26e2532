// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.stress.mutant.ShowsMutant;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * C and C' taken apart: what becomes of the wake-up when the full barrier of one side is missing, weaker or elsewhere.
 *
 * <p>A store followed by a load of another location is the one order that x86 does not keep: the store waits in the
 * store buffer while the load goes ahead. So these are seen to fail on x86. The queues are the shipped classes of
 * {@link KickTest}, each time with one fence changed in their byte code; the other side has its own.
 *
 * <p>Only what the second compiler has made shows it: the first one and the interpreter make an opaque access a volatile one, with a
 * full fence of its own. So each mutant is rehearsed before it counts.
 */
public class KickMutantTest {
    private KickMutantTest() {}

    /** The fence C of the driver of a split ring. */
    @ShowsMutant({
        "split-driver-kick/C/dropped",
        "split-driver-kick/C/weakened-to-Wmb",
        "split-driver-kick/C/weakened-to-Rmb",
        "split-driver-kick/C/weakened-to-Wmb-and-Rmb",
        "split-driver-kick/C/early",
        "split-driver-kick/C/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("C split wrong: kicks are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDriver extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("split-driver-kick", KickRace.SplitFlags.class, KickRace.SplitEvent.class);

        /** Makes a race over the next mutant. */
        public SplitDriver() {
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
            r.r2 = mutant;
        }
    }

    /** The fence C' of the device of a split ring. */
    @ShowsMutant({
        "split-device-arm/C'/dropped",
        "split-device-arm/C'/weakened-to-Wmb",
        "split-device-arm/C'/weakened-to-Rmb",
        "split-device-arm/C'/weakened-to-Wmb-and-Rmb",
        "split-device-arm/C'/early",
        "split-device-arm/C'/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("C' split wrong: kicks are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDevice extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("split-device-arm", KickRace.SplitFlags.class, KickRace.SplitEvent.class);

        /** Makes a race over the next mutant. */
        public SplitDevice() {
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
            r.r2 = mutant;
        }
    }

    /** The fence C of the driver of a packed ring. */
    @ShowsMutant({
        "packed-driver-kick/C/dropped",
        "packed-driver-kick/C/weakened-to-Wmb",
        "packed-driver-kick/C/weakened-to-Rmb",
        "packed-driver-kick/C/weakened-to-Wmb-and-Rmb",
        "packed-driver-kick/C/early",
        "packed-driver-kick/C/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("C packed wrong: kicks are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDriver extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("packed-driver-kick", KickRace.PackedFlags.class, KickRace.PackedEvent.class);

        /** Makes a race over the next mutant. */
        public PackedDriver() {
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
            r.r2 = mutant;
        }
    }

    /** The fence C' of the device of a packed ring. */
    @ShowsMutant({
        "packed-device-arm/C'/dropped",
        "packed-device-arm/C'/weakened-to-Wmb",
        "packed-device-arm/C'/weakened-to-Rmb",
        "packed-device-arm/C'/weakened-to-Wmb-and-Rmb",
        "packed-device-arm/C'/early",
        "packed-device-arm/C'/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("C' packed wrong: kicks are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDevice extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("packed-device-arm", KickRace.PackedFlags.class, KickRace.PackedEvent.class);

        /** Makes a race over the next mutant. */
        public PackedDevice() {
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
            r.r2 = mutant;
        }
    }

    /** The full fence wherever a split ring issues it: on both sides. */
    @ShowsMutant({
        "split-ring-mb/all/dropped",
        "split-ring-mb/all/weakened-to-Wmb",
        "split-ring-mb/all/weakened-to-Rmb",
        "split-ring-mb/all/weakened-to-Wmb-and-Rmb",
        "memory-mb/all/dropped",
        "memory-mb/all/weakened-to-Wmb",
        "memory-mb/all/weakened-to-Rmb",
        "memory-mb/all/weakened-to-Wmb-and-Rmb",
        "token-mb/all/dropped",
        "token-mb/all/weakened-to-Wmb",
        "token-mb/all/weakened-to-Rmb",
        "token-mb/all/weakened-to-Wmb-and-Rmb"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.FencesOfSplit.class)
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
            r.r2 = mutant;
        }
    }
}
