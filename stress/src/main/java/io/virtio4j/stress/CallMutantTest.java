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
 * D and D' taken apart, the mirror image of {@link KickMutantTest}: what becomes of the driver's wake-up when the full barrier
 * of one side is missing, weaker or elsewhere. The queues are those of {@link CallTest} with one fence changed.
 */
public class CallMutantTest {
    private CallMutantTest() {}

    /** The fence D of the device of a split ring. */
    @ShowsMutant({
        "split-device-call/D/dropped",
        "split-device-call/D/weakened-to-Wmb",
        "split-device-call/D/weakened-to-Rmb",
        "split-device-call/D/weakened-to-Wmb-and-Rmb",
        "split-device-call/D/early",
        "split-device-call/D/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("D split wrong: calls are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDevice extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("split-device-call", CallRace.SplitFlags.class, CallRace.SplitEvent.class);

        /** Makes a race over the next mutant. */
        public SplitDevice() {
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
            r.r2 = mutant;
        }
    }

    /** The fence D' of the driver of a split ring. */
    @ShowsMutant({
        "split-driver-arm/D'/dropped",
        "split-driver-arm/D'/weakened-to-Wmb",
        "split-driver-arm/D'/weakened-to-Rmb",
        "split-driver-arm/D'/weakened-to-Wmb-and-Rmb",
        "split-driver-arm/D'/early",
        "split-driver-arm/D'/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("D' split wrong: calls are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class SplitDriver extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("split-driver-arm", CallRace.SplitFlags.class, CallRace.SplitEvent.class);

        /** Makes a race over the next mutant. */
        public SplitDriver() {
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
            r.r2 = mutant;
        }
    }

    /** The fence D of the device of a packed ring. */
    @ShowsMutant({
        "packed-device-call/D/dropped",
        "packed-device-call/D/weakened-to-Wmb",
        "packed-device-call/D/weakened-to-Rmb",
        "packed-device-call/D/weakened-to-Wmb-and-Rmb",
        "packed-device-call/D/early",
        "packed-device-call/D/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("D packed wrong: calls are lost when the device's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDevice extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("packed-device-call", CallRace.PackedFlags.class, CallRace.PackedEvent.class);

        /** Makes a race over the next mutant. */
        public PackedDevice() {
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
            r.r2 = mutant;
        }
    }

    /** The fence D' of the driver of a packed ring. */
    @ShowsMutant({
        "packed-driver-arm/D'/dropped",
        "packed-driver-arm/D'/weakened-to-Wmb",
        "packed-driver-arm/D'/weakened-to-Rmb",
        "packed-driver-arm/D'/weakened-to-Wmb-and-Rmb",
        "packed-driver-arm/D'/early",
        "packed-driver-arm/D'/late"
    })
    @JCStressTest
    @JCStressMeta(WakeUpOutcomes.OneFence.class)
    @Description("D' packed wrong: calls are lost when the driver's fence is dropped, weakened or misplaced")
    @State
    public static class PackedDriver extends MutantRaces.State {
        private static final MutantRaces RACES =
                MutantRaces.of("packed-driver-arm", CallRace.PackedFlags.class, CallRace.PackedEvent.class);

        /** Makes a race over the next mutant. */
        public PackedDriver() {
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
            r.r2 = mutant;
        }
    }

    /** The full fence wherever a packed ring issues it: on both sides. */
    @ShowsMutant({
        "packed-ring-mb/all/dropped",
        "packed-ring-mb/all/weakened-to-Wmb",
        "packed-ring-mb/all/weakened-to-Rmb",
        "packed-ring-mb/all/weakened-to-Wmb-and-Rmb",
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
    @JCStressMeta(WakeUpOutcomes.FencesOfPacked.class)
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
            r.r2 = mutant;
        }
    }
}
