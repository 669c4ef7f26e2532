// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.driver.BufferChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * C and C': a device never falls asleep over a chain without being kicked.
 *
 * <p>The driver publishes, then (C) asks whether the device wants a kick. The device says that it wants one, then (C')
 * looks a last time. Each stores and then loads what the other stored: unless both have a full barrier in between, both
 * loads may miss both stores, and the queue sleeps with work in it. {@link KickBarrierTest} has the same two
 * sides without.
 */
public class KickTest {
    private KickTest() {}

    /** What may come of it. */
    @Outcome(id = "kick, asleep", expect = ACCEPTABLE, desc = "the kick wakes the device")
    @Outcome(id = "kick, awake", expect = ACCEPTABLE, desc = "both noticed; the kick was not needed")
    @Outcome(id = "no kick, awake", expect = ACCEPTABLE, desc = "the device found the chain in its last look")
    @Outcome(id = "no kick, asleep", expect = FORBIDDEN, desc = "lost wake-up: work in the queue and nobody told")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** A device that has asked not to be kicked, and is about to change its mind. */
    abstract static class Base {
        private final QueuePair queue;
        private final BufferChain chain;

        Base(QueuePair queue) {
            this.queue = queue;
            this.chain = queue.requestOnly(0);
            queue.device.disableNotifications();
        }

        final String offerAndAsk() {
            queue.driver.offer(chain, 1);
            return queue.driver.kickNeeded() ? "kick" : "no kick";
        }

        final String fallAsleep() {
            return queue.device.enableNotifications() ? "asleep" : "awake";
        }
    }

    /** Suppression by {@code used.flags}. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("C/C' by flag: the device sleeps only if the driver kicks")
    @State
    public static class ByFlag extends Base {
        /** Makes a queue without EVENT_IDX. */
        public ByFlag() {
            super(QueuePair.byFlag());
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            r.r1 = offerAndAsk();
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LL_Result r) {
            r.r2 = fallAsleep();
        }
    }

    /** Suppression by {@code avail_event}. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("C/C' by event index: the device sleeps only if the driver kicks")
    @State
    public static class ByEventIdx extends Base {
        /** Makes a queue with EVENT_IDX. */
        public ByEventIdx() {
            super(QueuePair.byEventIdx());
        }

        /** Publishes, then asks. */
        @Actor
        public void driver(LL_Result r) {
            r.r1 = offerAndAsk();
        }

        /** Asks for kicks, then looks. */
        @Actor
        public void device(LL_Result r) {
            r.r2 = fallAsleep();
        }
    }
}
