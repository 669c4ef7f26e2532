// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
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
 * A, B and F without end: one queue that lives as long as the process, so that the indices of a split ring pass 65535, and
 * those of a packed one the last slot, again and again, and every slot, descriptor and buffer is used over and over.
 *
 * <p>All samples share the queue: see {@link StreamRace}.
 */
public class StreamTest {
    private StreamTest() {}

    /** What may come of a turn. */
    @Outcome(id = "(offered|full), (answered|idle), .*", expect = ACCEPTABLE, desc = "numbers in order")
    @Outcome(expect = FORBIDDEN, desc = "a wrong number, or a broken queue")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** A split ring. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("A, B, F on one split queue without end, across the wrap of the indices from 65535 to 0")
    @State
    public static class Split extends RaceState {
        // One JVM runs one test with one thread for each actor at a time, and joins them before it starts others.
        private static final Race STREAM = new StreamRace(RingFormat.SPLIT);

        /** Goes on where the sample before stopped. */
        public Split() {
            super(() -> STREAM);
        }

        /** One turn of the driver. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** One turn of the device. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }

    /** A packed ring. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("A, B, F on one packed queue without end, across the toggling of both wrap counters")
    @State
    public static class Packed extends RaceState {
        // One JVM runs one test with one thread for each actor at a time, and joins them before it starts others.
        private static final Race STREAM = new StreamRace(RingFormat.PACKED);

        /** Goes on where the sample before stopped. */
        public Packed() {
            super(() -> STREAM);
        }

        /** One turn of the driver. */
        @Actor
        public void driver(LLL_Result r) {
            r.r1 = race.driver();
            r.r3 = race.ring();
        }

        /** One turn of the device. */
        @Actor
        public void device(LLL_Result r) {
            r.r2 = race.device();
        }
    }
}
