// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * How a session takes a queue back from a worker that serves it. Orders and a report of which orders were taken, as
 * {@code QueueWorker} has it, need no full fence; a flag for "in a turn" and one for "keep out" do.
 *
 * <p>What stands for the queue is a plain field. The worker adds 1 to it in a turn; the session, where it finds the queue its own,
 * adds 10. What each found there before is the result: -1 where it kept away.
 */
public class WorkerHandoverTest {
    private WorkerHandoverTest() {}

    /** Outcomes of the right variant: two turns of the worker. */
    @Outcome(
            id = "-1, 0",
            expect = ACCEPTABLE,
            desc = "must be seen: the worker saw the orders first: the queue is the session's")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "the session looked too early")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "the worker served once, and reported too late")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "the worker served twice, and saw no orders")
    @Outcome(
            id = "0, 1",
            expect = ACCEPTABLE,
            desc = "must be seen: the worker served, then reported: the session sees its turn")
    @Outcome(expect = FORBIDDEN, desc = "both in the queue at once, or the worker in a queue that it gave back")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variant. */
    @Outcome(
            id = {"0, -1", "-1, 0", "-1, -1", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(id = "10, 0", expect = ACCEPTABLE, desc = "the same, one a moment later: rarer")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "both in the queue at once, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** A queue, and one word that each side writes. */
    abstract static class Base {
        static final VarHandle SESSIONS;
        static final VarHandle WORKERS;

        static {
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                SESSIONS = lookup.findVarHandle(Base.class, "sessions", int.class);
                WORKERS = lookup.findVarHandle(Base.class, "workers", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through SESSIONS
        private int sessions;

        @SuppressWarnings("unused") // through WORKERS
        private int workers;

        private int queue;

        final int useQueue(int add) {
            int found = queue;
            queue = found + add;
            return found;
        }
    }

    /** Right: the session and the worker themselves. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("Orders taken between two turns and then reported: the queue is never used by both")
    @State
    public static class OrdersAndReport {
        private final WorkerPiece piece = new WorkerPiece();

        /** Turns. */
        @Actor
        public void worker(II_Result r) {
            r.r1 = piece.serveTwice();
        }

        /** Orders without the queue, and a look at the report. */
        @Actor
        public void session(II_Result r) {
            r.r2 = piece.stop();
        }
    }

    /** Wrong: each side says what it is about to do and then looks at the other, without a full fence in between. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("A busy flag and a pause flag with release and acquire only: both go ahead")
    @State
    public static class BusyAndPause extends Base {
        /** One turn: busy, then a look at the pause. */
        @Actor
        public void worker(II_Result r) {
            WORKERS.setRelease(this, 1);
            r.r1 = (int) SESSIONS.getAcquire(this) == 0 ? useQueue(1) : WorkerPiece.AWAY;
            WORKERS.setRelease(this, 0);
        }

        /** Pause, then a look at busy. */
        @Actor
        public void session(II_Result r) {
            SESSIONS.setRelease(this, 1);
            r.r2 = (int) WORKERS.getAcquire(this) == 0 ? useQueue(10) : WorkerPiece.AWAY;
        }
    }
}
