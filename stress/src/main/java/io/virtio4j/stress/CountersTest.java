// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueCounters;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Counters read while they are written. One thread adds, with a plain addition and an opaque store; a reader takes differences
 * and never resets: what it sees was there, does not go back, and no count is lost.
 */
public class CountersTest {
    private CountersTest() {}

    /** Right: the counters of a queue, each in turn. */
    @JCStressTest
    @Description("Counters right: a reader sees whole values that never go back, of every counter")
    @Outcome(id = "still", expect = ACCEPTABLE, desc = "must be seen: the same")
    @Outcome(id = "on", expect = ACCEPTABLE, desc = "must be seen: more")
    @Outcome(expect = FORBIDDEN, desc = "half of a value, or less than before")
    @State
    public static class Differences {
        /** Changes both halves of the 64 bits, so that a value made of two shows. */
        private static final long STEP = (1L << Integer.SIZE) + 1;

        private static final QueueCounters COUNTERS = new QueueCounters();
        private static final QueueCounter[] ALL = QueueCounter.values();
        private static int turn;

        private final QueueCounter counter;

        /** Goes on with the next counter. */
        public Differences() {
            counter = next();
        }

        private static QueueCounter next() {
            int now = turn;
            turn = now + 1 < ALL.length ? now + 1 : 0;
            return ALL[now];
        }

        /** Adds to both halves. */
        @Actor
        public void queue() {
            switch (counter) {
                case POLL_FENCES -> COUNTERS.addPollFences(STEP);
                case SPINS -> COUNTERS.addSpins(STEP);
                case COMPLETIONS -> COUNTERS.addCompletions(STEP);
                case WMB -> COUNTERS.addWmb(STEP);
                case RMB -> COUNTERS.addRmb(STEP);
                case MB -> COUNTERS.addMb(STEP);
                case KICKS_SENT -> COUNTERS.addKicksSent(STEP);
                case KICKS_SUPPRESSED -> COUNTERS.addKicksSuppressed(STEP);
                case CALLS_SENT -> COUNTERS.addCallsSent(STEP);
                case CALLS_SUPPRESSED -> COUNTERS.addCallsSuppressed(STEP);
                case BROKEN -> COUNTERS.addBroken(STEP);
            }
        }

        /** Takes two snapshots. */
        @Actor
        public void reader(L_Result r) {
            long first = COUNTERS.snapshot().get(counter);
            long second = COUNTERS.snapshot().get(counter);
            if ((int) first != (int) (first >>> Integer.SIZE) || (int) second != (int) (second >>> Integer.SIZE)) {
                r.r1 = "torn " + counter;
            } else if (second < first) {
                r.r1 = "back " + counter;
            } else {
                r.r1 = second == first ? "still" : "on";
            }
        }
    }

    /** Wrong: a reader that sets the count to 0 when it has read it, as it may not. */
    @JCStressTest
    @Description("Counters wrong: a reader that resets what another thread adds to loses counts or counts twice")
    @Outcome(id = "11", expect = ACCEPTABLE, desc = "ten before, one added")
    @Outcome(id = "21", expect = ACCEPTABLE_INTERESTING, desc = "the ten counted twice, as expected of a wrong variant")
    @Outcome(id = "10", expect = ACCEPTABLE, desc = "the one lost, which is wrong as well and rarer")
    @State
    public static class Reset {
        private final QueueCounters counters = new QueueCounters();
        private long taken;

        /** Begins at ten. */
        public Reset() {
            counters.addCompletions(10);
        }

        /** Adds one. */
        @Actor
        public void queue() {
            counters.addCompletions(1);
        }

        /** Takes the count and sets it to 0, which {@link QueueCounters} has no method for: it adds the negative. */
        @Actor
        public void reader() {
            taken = counters.get(QueueCounter.COMPLETIONS);
            counters.addCompletions(-taken);
        }

        /** What was counted in all. */
        @Arbiter
        public void sum(J_Result r) {
            r.r1 = taken + counters.get(QueueCounter.COMPLETIONS);
        }
    }
}
