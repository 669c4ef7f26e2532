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
 * C and C' taken apart: what becomes of the wake-up when the full barrier is missing, is only on one side, or is replaced
 * by a write and a read barrier.
 *
 * <p>A store followed by a load of another location is the one order that x86 does not keep: the store waits in the
 * store buffer while the load goes ahead. So the wrong variants are seen to fail on x86, within milliseconds where there
 * is no fence at all. Both sides do what {@code kickNeeded} and {@code enableNotifications} do, on the same memory.
 */
public class KickBarrierTest {
    private KickBarrierTest() {}

    /** Outcomes of the right variant, which is what {@link KickTest} shows of the queues themselves. */
    @Outcome(id = "kick, asleep", expect = ACCEPTABLE, desc = "the kick wakes the device")
    @Outcome(id = "kick, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no kick, awake", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(id = "no kick, asleep", expect = FORBIDDEN, desc = "lost wake-up in spite of the full barriers")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variants: the same, and the one that must not be. */
    @Outcome(id = "kick, asleep", expect = ACCEPTABLE, desc = "the kick wakes the device")
    @Outcome(id = "kick, awake", expect = ACCEPTABLE, desc = "both noticed")
    @Outcome(id = "no kick, awake", expect = ACCEPTABLE, desc = "found in the last look")
    @Outcome(
            id = "no kick, asleep",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** Right: the full barrier on both sides. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("C/C' right: Mb on both sides, nothing is lost")
    @State
    public static class FullOnBothSides {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            ring.memory.mb();
            r.r1 = ring.kickByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByFlag();
            ring.memory.mb();
            r.r2 = ring.lookAtAvail();
        }
    }

    /** Wrong: no fence on either side. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C/C' wrong: no fence between store and load loses wake-ups")
    @State
    public static class None {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            r.r1 = ring.kickByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByFlag();
            r.r2 = ring.lookAtAvail();
        }
    }

    /** Wrong: a write and a read barrier on both sides, which do not make a full one. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C/C' wrong: Wmb and Rmb in the place of Mb lose wake-ups")
    @State
    public static class WriteAndRead {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            ring.memory.wmb();
            ring.memory.rmb();
            r.r1 = ring.kickByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByFlag();
            ring.memory.wmb();
            ring.memory.rmb();
            r.r2 = ring.lookAtAvail();
        }
    }

    /** Wrong: the device has none. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C without C': a full barrier in the driver alone loses wake-ups")
    @State
    public static class OnlyInTheDriver {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            ring.memory.mb();
            r.r1 = ring.kickByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByFlag();
            r.r2 = ring.lookAtAvail();
        }
    }

    /** Wrong: the driver has none. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C' without C: a full barrier in the device alone loses wake-ups")
    @State
    public static class OnlyInTheDevice {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            r.r1 = ring.kickByFlag();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByFlag();
            ring.memory.mb();
            r.r2 = ring.lookAtAvail();
        }
    }

    /** Wrong, by event index: no fence on either side. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("C/C' wrong by event index: no fence loses wake-ups")
    @State
    public static class NoneByEventIdx {
        private final RawRing ring = new RawRing();

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            ring.publishAvail();
            r.r1 = ring.kickByEventIdx();
        }

        /** Arms, then looks. */
        @Actor
        public void device(LL_Result r) {
            ring.wantKicksByEventIdx();
            r.r2 = ring.lookAtAvail();
        }
    }
}
