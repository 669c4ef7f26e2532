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
 * D and D' taken apart, the mirror image of {@link KickBarrierTest}: what becomes of the driver's wake-up when the full
 * barrier is missing or is replaced by a write and a read barrier. Both sides do what {@code callNeeded} and
 * {@code enableCallbacks} do, on the same memory.
 */
public class CallBarrierTest {
    private CallBarrierTest() {}

    /** Outcomes of the right variant, which is what {@link CallTest} shows of the queues themselves. */
    @Outcome(id = "call, asleep", expect = ACCEPTABLE, desc = "the call wakes the driver")
    @Outcome(id = "call, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no call, awake", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(id = "no call, asleep", expect = FORBIDDEN, desc = "lost wake-up in spite of the full barriers")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variants: the same, and the one that must not be. */
    @Outcome(id = "call, asleep", expect = ACCEPTABLE, desc = "the call wakes the driver")
    @Outcome(id = "call, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no call, awake", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(
            id = "no call, asleep",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** Right: the full barrier on both sides. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("D/D' right: Mb on both sides, nothing is lost")
    @State
    public static class FullOnBothSides {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            ring.publishUsed(1);
            ring.memory.mb();
            r.r1 = ring.callByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void driver(LL_Result r) {
            ring.wantCallsByFlag();
            ring.memory.mb();
            r.r2 = ring.lookAtUsed();
        }
    }

    /** Wrong: no fence on either side. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D/D' wrong: no fence between store and load loses wake-ups")
    @State
    public static class None {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            ring.publishUsed(1);
            r.r1 = ring.callByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void driver(LL_Result r) {
            ring.wantCallsByFlag();
            r.r2 = ring.lookAtUsed();
        }
    }

    /** Wrong: a write and a read barrier on both sides, which do not make a full one. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D/D' wrong: Wmb and Rmb in the place of Mb lose wake-ups")
    @State
    public static class WriteAndRead {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            ring.publishUsed(1);
            ring.memory.wmb();
            ring.memory.rmb();
            r.r1 = ring.callByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void driver(LL_Result r) {
            ring.wantCallsByFlag();
            ring.memory.wmb();
            ring.memory.rmb();
            r.r2 = ring.lookAtUsed();
        }
    }

    /** Wrong, by event index: no fence on either side. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("D/D' wrong by event index: no fence loses wake-ups")
    @State
    public static class NoneByEventIdx {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            ring.publishUsed(1);
            r.r1 = ring.callByEventIdx();
        }

        /** Arms, then looks. */
        @Actor
        public void driver(LL_Result r) {
            ring.wantCallsByEventIdx();
            r.r2 = ring.lookAtUsed();
        }
    }
}
