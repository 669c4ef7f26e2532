// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * I and I': reset against completion. A driver that sees the status 0 may use its buffers again.
 *
 * <p>The device reads a request, writes its answer and completes it; then it takes the driver's request for a reset, and (I)
 * shows the status 0 after its last access. The driver loads the status, then (I') writes to both buffers. A device that still
 * read or wrote would see the driver's new data, or write over them. x86 keeps this order by itself.
 *
 * <p>With RING_RESET the same holds of one queue: there the device may answer before it is done with the buffers, and the driver
 * has to ask whether the reset is complete (2.6.1 Virtqueue Reset). One that does not is the wrong variant.
 */
public class ResetTest {
    private ResetTest() {}

    /** What may come of it: the driver, the device, and the buffer that the device wrote to. */
    @Outcome(
            id = "not yet, old, the answer, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the reset was not complete when the driver looked")
    @Outcome(
            id = "taken back, old, the new, .*",
            expect = ACCEPTABLE,
            desc = "must be seen: the device was done with the buffers when the driver took them back")
    @Outcome(expect = FORBIDDEN, desc = "the device touched a buffer that the driver had taken back")
    static final class Outcomes {
        private Outcomes() {}
    }

    /** The reset of the device, in rings of both formats. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("I/I': a device that shows its reset complete touches no buffer any more")
    @State
    public static class Device extends RaceState {
        private static final RaceSource RACES = new ResetRace.All(true);

        /** Makes a race. */
        public Device() {
            super(RACES);
        }

        /** If the reset is complete, takes its buffers back and writes to them. */
        @Actor
        public void driver(LLLL_Result r) {
            r.r1 = race.driver();
            r.r4 = race.ring();
        }

        /** Serves the queue, then resets. */
        @Actor
        public void device(LLLL_Result r) {
            r.r2 = race.device();
        }

        /** Looks at the buffer. */
        @Arbiter
        public void after(LLLL_Result r) {
            r.r3 = race.after();
        }
    }

    /** What may come of a driver that does not ask, or does not wait. */
    @Outcome(id = "not yet, old, the answer, .*", expect = ACCEPTABLE, desc = "the driver looked first")
    @Outcome(id = "taken back, old, the new, .*", expect = ACCEPTABLE, desc = "by luck, the device was done")
    @Outcome(
            id = "taken back, (new, .*|old, the answer), split.*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the device touched a buffer that the driver had taken back, as expected of a wrong variant")
    @Outcome(
            id = "taken back, (new, .*|old, the answer), packed.*",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the device touched a buffer that the driver had taken back, as expected of a wrong variant")
    @Outcome(expect = FORBIDDEN, desc = "neither what was there nor what was written")
    static final class WrongOutcomes {
        private WrongOutcomes() {}
    }

    /** Right: the reset of a queue, asked for and asked after. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @Description("I/I' of one queue: a device that shows the queue's reset complete touches its buffers no more")
    @State
    public static class Queue extends RaceState {
        private static final RaceSource RACES = new QueueResetRace.Asked();

        /** Makes a race. */
        public Queue() {
            super(RACES);
        }

        /** If the reset is complete, takes its buffers back and writes to them. */
        @Actor
        public void driver(LLLL_Result r) {
            r.r1 = race.driver();
            r.r4 = race.ring();
        }

        /** Answers the request, lets go of the buffers, and says so when asked. */
        @Actor
        public void device(LLLL_Result r) {
            r.r2 = race.device();
        }

        /** Looks at the buffer. */
        @Arbiter
        public void after(LLLL_Result r) {
            r.r3 = race.after();
        }
    }

    /** Wrong: the answer to the request is not the end of the reset. */
    @JCStressTest
    @JCStressMeta(WrongOutcomes.class)
    @Description("The reset of a queue taken for complete when it was asked for: the device still has a buffer in hand")
    @State
    public static class QueueNotAsked extends RaceState {
        private static final RaceSource RACES = new QueueResetRace.NotAsked();

        /** Makes a race. */
        public QueueNotAsked() {
            super(RACES);
        }

        /** If the reset is complete, takes its buffers back and writes to them. */
        @Actor
        public void driver(LLLL_Result r) {
            r.r1 = race.driver();
            r.r4 = race.ring();
        }

        /** Answers the request, lets go of the buffers, and says so when asked. */
        @Actor
        public void device(LLLL_Result r) {
            r.r2 = race.device();
        }

        /** Looks at the buffer. */
        @Arbiter
        public void after(LLLL_Result r) {
            r.r3 = race.after();
        }
    }

    /** Wrong: the buffers taken back before the reset is complete. */
    @JCStressTest
    @JCStressMeta(WrongOutcomes.class)
    @Description("I wrong: a driver that does not wait for the status 0")
    @State
    public static class DeviceNotWaited extends RaceState {
        private static final RaceSource RACES = new ResetRace.All(false);

        /** Makes a race. */
        public DeviceNotWaited() {
            super(RACES);
        }

        /** Takes its buffers back at once and writes to them. */
        @Actor
        public void driver(LLLL_Result r) {
            r.r1 = race.driver();
            r.r4 = race.ring();
        }

        /** Serves the queue, then resets. */
        @Actor
        public void device(LLLL_Result r) {
            r.r2 = race.device();
        }

        /** Looks at the buffer. */
        @Arbiter
        public void after(LLLL_Result r) {
            r.r3 = race.after();
        }
    }
}
