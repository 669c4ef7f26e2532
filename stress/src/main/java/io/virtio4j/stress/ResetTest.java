// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
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
 */
public class ResetTest {
    private ResetTest() {}

    /** What may come of it: the driver, the device, and the buffer that the device wrote to. */
    @Outcome(
            id = "not yet, old, the answer, .*",
            expect = ACCEPTABLE,
            desc = "the reset was not complete when the driver looked")
    @Outcome(
            id = "taken back, old, the new, .*",
            expect = ACCEPTABLE,
            desc = "the device was done with the buffers when the driver took them back")
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
        private static final RaceSource RACES = new ResetRace.All();

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
}
