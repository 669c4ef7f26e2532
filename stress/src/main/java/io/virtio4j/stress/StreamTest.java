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
 * A, B and F without end: queues that live as long as the process, plain, with EVENT_IDX, with indirect tables and with IN_ORDER, so that the indices of a split ring pass 65535, and
 * those of a packed one the last slot, again and again, and every slot, descriptor and buffer is used over and over.
 *
 * <p>All samples share the queues: see {@link StreamRace}.
 */
public class StreamTest {
    private StreamTest() {}

    /** What may come of a turn, in a split ring. */
    @Outcome(
            id = "offered, answered, .* passing 65535.*",
            expect = ACCEPTABLE,
            desc = "must be seen: numbers in order as the index goes to 0")
    @Outcome(id = "(offered|full), (answered|idle), .*", expect = ACCEPTABLE, desc = "must be seen: numbers in order")
    @Outcome(expect = FORBIDDEN, desc = "a wrong number, or a broken queue")
    static final class SplitOutcomes {
        private SplitOutcomes() {}
    }

    /** What may come of a turn, in a packed ring. */
    @Outcome(
            id = "offered, answered, .* passing its last slot.*",
            expect = ACCEPTABLE,
            desc = "must be seen: numbers in order as the wrap counters toggle")
    @Outcome(id = "(offered|full), (answered|idle), .*", expect = ACCEPTABLE, desc = "must be seen: numbers in order")
    @Outcome(expect = FORBIDDEN, desc = "a wrong number, or a broken queue")
    static final class PackedOutcomes {
        private PackedOutcomes() {}
    }

    /** What may come of a turn where the driver writes its request too late. */
    @Outcome(id = "(offered|full), (answered|idle), .*", expect = ACCEPTABLE, desc = "by luck, the number was there")
    @Outcome(
            id = "(offered|full), stale, .*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the number of an earlier request, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "something else, or a broken queue")
    static final class LateOutcomes {
        private LateOutcomes() {}
    }

    /** A split ring. */
    @JCStressTest
    @JCStressMeta(SplitOutcomes.class)
    @Description("A, B, F on split queues without end, across the wrap of the indices from 65535 to 0")
    @State
    public static class Split extends RaceState {
        // One JVM runs one test with one thread for each actor at a time, and joins them before it starts others.
        private static final RaceSource RACES = new StreamRace.All(RingFormat.SPLIT, false);

        /** Goes on where the sample before stopped. */
        public Split() {
            super(RACES);
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
    @JCStressMeta(PackedOutcomes.class)
    @Description("A, B, F on packed queues without end, across the toggling of both wrap counters")
    @State
    public static class Packed extends RaceState {
        // One JVM runs one test with one thread for each actor at a time, and joins them before it starts others.
        private static final RaceSource RACES = new StreamRace.All(RingFormat.PACKED, false);

        /** Goes on where the sample before stopped. */
        public Packed() {
            super(RACES);
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

    /** Wrong: a driver of a split ring that writes a request after it has offered it, asked for the kick and polled. */
    @JCStressTest
    @JCStressMeta(LateOutcomes.class)
    @Description("A split wrong: requests written after they are published, and after a poll")
    @State
    public static class SplitLate extends RaceState {
        private static final RaceSource RACES = new StreamRace.All(RingFormat.SPLIT, true);

        /** Makes a race. */
        public SplitLate() {
            super(RACES);
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

    /** Wrong: a driver of a packed ring that writes a request after it has offered it, asked for the kick and polled. */
    @JCStressTest
    @JCStressMeta(LateOutcomes.class)
    @Description("A packed wrong: requests written after they are published, and after a poll")
    @State
    public static class PackedLate extends RaceState {
        private static final RaceSource RACES = new StreamRace.All(RingFormat.PACKED, true);

        /** Makes a race. */
        public PackedLate() {
            super(RACES);
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
