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
 * F: a driver that has got its descriptors back and fills them again does not change what the device read before.
 *
 * <p>The device reads descriptors and data and publishes; the driver sees that and overwrites both. B has to order the
 * device's earlier <em>loads</em> before its store of the index, and B' the driver's load of the index before its later
 * <em>stores</em>: that is why B is a release fence and a store-store fence would not do. Only a weakly ordered processor
 * can show the difference; on x86 this shows that the reuse is right as compiled, and a device that publishes before it reads shows
 * that the test would notice.
 */
public class DescriptorReuseTest {
    private DescriptorReuseTest() {}

    /** What may come of it. */
    @Outcome(
            id = "not yet, old, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the driver looked before the completion")
    @Outcome(
            id = "reused, old, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the old request was read, then overwritten")
    @Outcome(expect = FORBIDDEN, desc = "the device read what the driver wrote for the next request")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** In a split ring of one descriptor. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("F split: descriptors and data that the driver writes anew never reach the request before")
    @State
    public static class Split extends RaceState {
        private static final RaceSource RACES = new ReuseRace.All(RingFormat.SPLIT);

        /** Makes a race. */
        public Split() {
            super(RACES);
        }

        /** If the request is back, fills the same buffer and the same descriptor again. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Takes the request, reads it and gives it back. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** In a packed ring of one descriptor. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("F packed: descriptors and data that the driver writes anew never reach the request before")
    @State
    public static class Packed extends RaceState {
        private static final RaceSource RACES = new ReuseRace.All(RingFormat.PACKED);

        /** Makes a race. */
        public Packed() {
            super(RACES);
        }

        /** If the request is back, fills the same buffer and the same descriptor again. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Takes the request, reads it and gives it back. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** What may come of a device that reads too late. */
    @Outcome(id = "(not yet|reused), old, .*", expect = ACCEPTABLE, desc = "by luck, the request was still there")
    @Outcome(
            id = "reused, new: .*, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the device read the next request, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "something else")
    static final class EarlyOutcomes {
        private EarlyOutcomes() {}
    }

    /** Wrong: a device of a split ring that gives the request back before it reads it. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("F split wrong: the completion published before the request is read")
    @State
    public static class SplitEarly extends RaceState {
        private static final RaceSource RACES = new ReuseRace.Early(RingFormat.SPLIT);

        /** Makes a race. */
        public SplitEarly() {
            super(RACES);
        }

        /** If the request is back, fills the same buffer and the same descriptor again. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Gives the request back, then reads it. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** Wrong: a device of a packed ring that gives the request back before it reads it. */
    @JCStressTest
    @JCStressMeta(EarlyOutcomes.class)
    @Description("F packed wrong: the completion published before the request is read")
    @State
    public static class PackedEarly extends RaceState {
        private static final RaceSource RACES = new ReuseRace.Early(RingFormat.PACKED);

        /** Makes a race. */
        public PackedEarly() {
            super(RACES);
        }

        /** If the request is back, fills the same buffer and the same descriptor again. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** Gives the request back, then reads it. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
