// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * D and D': a driver never falls asleep over a completion without being called.
 *
 * <p>The mirror image of {@link KickTest}: the device publishes, then (D) asks whether the driver wants a call; the driver
 * says that it wants one, then (D') looks a last time. {@link CallBarrierTest} has the same two sides without
 * the full barrier.
 */
public class CallTest {
    private CallTest() {}

    /** What may come of it. */
    @Outcome(id = "call, asleep", expect = ACCEPTABLE, desc = "the call wakes the driver")
    @Outcome(id = "call, awake", expect = ACCEPTABLE, desc = "both noticed; the call was not needed")
    @Outcome(id = "no call, awake", expect = ACCEPTABLE, desc = "the driver found the completion in its last look")
    @Outcome(id = "no call, asleep", expect = FORBIDDEN, desc = "lost wake-up: a completion and nobody told")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** A driver that has asked not to be called, and is about to change its mind. */
    abstract static class Base {
        private final QueuePair queue;
        private final int id;

        Base(QueuePair queue) {
            this.queue = queue;
            queue.driver.offer(queue.responseOnly(0), 1);
            queue.driver.disableCallbacks();
            id = queue.device.next();
        }

        final String completeAndAsk() {
            queue.device.complete(id, 0);
            queue.device.publish();
            return queue.device.callNeeded() ? "call" : "no call";
        }

        final String fallAsleep() {
            return queue.driver.enableCallbacks() ? "asleep" : "awake";
        }
    }

    /** Suppression by {@code avail.flags}. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("D/D' by flag: the driver sleeps only if the device calls")
    @State
    public static class ByFlag extends Base {
        /** Makes a queue without EVENT_IDX. */
        public ByFlag() {
            super(QueuePair.byFlag());
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            r.r1 = completeAndAsk();
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LL_Result r) {
            r.r2 = fallAsleep();
        }
    }

    /** Suppression by {@code used_event}. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("D/D' by event index: the driver sleeps only if the device calls")
    @State
    public static class ByEventIdx extends Base {
        /** Makes a queue with EVENT_IDX. */
        public ByEventIdx() {
            super(QueuePair.byEventIdx());
        }

        /** Publishes, then asks. */
        @Actor
        public void device(LL_Result r) {
            r.r1 = completeAndAsk();
        }

        /** Asks for calls, then looks. */
        @Actor
        public void driver(LL_Result r) {
            r.r2 = fallAsleep();
        }
    }
}
