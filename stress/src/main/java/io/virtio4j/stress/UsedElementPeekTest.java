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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * B' taken apart: a driver that has looked at the used element before (a peek, or an earlier poll inlined into the same
 * loop), then loads the index, then the element.
 *
 * <p>The processor keeps the order of loads on x86, the compiler need not: without a read barrier between index and element
 * C2 answers the second load of the element with what the first one found. So this is the one place where a missing or
 * misplaced B' shows on x86. It shows with a plain load of the index only: C2 lets no other access pass an opaque one on
 * memory outside the heap, which nobody promises and other processors do not keep to.
 *
 * <p>Results are: what the peek saw, by how much the index moved, the length.
 */
public class UsedElementPeekTest {
    private static final int LENGTH_BYTES = 8;

    private UsedElementPeekTest() {}

    /** Outcomes of the right variant. */
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "must be seen: nothing yet")
    @Outcome(id = "0, 0, 8", expect = ACCEPTABLE, desc = "the length came after the peek, the index not yet")
    @Outcome(id = "0, 1, 8", expect = ACCEPTABLE, desc = "must be seen: index and length came after the peek")
    @Outcome(id = "8, 0, 0", expect = ACCEPTABLE, desc = "the peek saw it")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "stale length in spite of the read barrier")
    static final class Right {
        private Right() {}
    }

    /** Outcomes of the wrong variants. */
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "nothing yet")
    @Outcome(id = "0, 0, 8", expect = ACCEPTABLE, desc = "the length came after the peek, the index not yet")
    @Outcome(id = "0, 1, 8", expect = ACCEPTABLE, desc = "index and length came after the peek")
    @Outcome(id = "8, 0, 0", expect = ACCEPTABLE, desc = "the peek saw it")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "stale length, as expected of a wrong variant")
    static final class Wrong {
        private Wrong() {}
    }

    /** Outcomes of a wrong variant that x86 and C2 do not show to be one. */
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "nothing yet")
    @Outcome(id = "0, 0, 8", expect = ACCEPTABLE, desc = "the length came after the peek, the index not yet")
    @Outcome(id = "0, 1, 8", expect = ACCEPTABLE, desc = "index and length came after the peek")
    @Outcome(id = "8, 0, 0", expect = ACCEPTABLE, desc = "the peek saw it")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "stale length: wrong, and not seen on x86")
    static final class Hidden {
        private Hidden() {}
    }

    /** Right: the barrier stands between the index and the element. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("B' right: Rmb between index and element, a peek does no harm")
    @State
    public static class RmbAfterIndex {
        private final RawRing ring = new RawRing();

        /** Completes. */
        @Actor
        public void device() {
            ring.publishUsed(LENGTH_BYTES);
        }

        /** Peeks; if that shows nothing, loads the index, then the element. */
        @Actor
        public void driver(III_Result r) {
            r.r1 = ring.usedLengthBytes();
            if (r.r1 != 0) {
                return;
            }
            int idx = ring.usedIdx() - RawRing.ENTRY;
            ring.memory.rmb();
            int length = ring.usedLengthBytes();
            r.r2 = idx;
            r.r3 = length;
        }
    }

    /** Right as well: the barrier alone keeps the element from being answered by the peek. */
    @JCStressTest
    @JCStressMeta(Right.class)
    @Description("B' right: Rmb after a plain load of the index")
    @State
    public static class RmbAfterPlainIndex {
        private final RawRing ring = new RawRing();

        /** Completes. */
        @Actor
        public void device() {
            ring.publishUsed(LENGTH_BYTES);
        }

        /** Peeks; if that shows nothing, loads the index, then the element. */
        @Actor
        public void driver(III_Result r) {
            r.r1 = ring.usedLengthBytes();
            if (r.r1 != 0) {
                return;
            }
            int idx = ring.usedIdxPlain() - RawRing.ENTRY;
            ring.memory.rmb();
            int length = ring.usedLengthBytes();
            r.r2 = idx;
            r.r3 = length;
        }
    }

    /** Wrong: plain loads and no barrier. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("B' wrong: without Rmb the compiler may reuse what the peek saw")
    @State
    public static class None {
        private final RawRing ring = new RawRing();

        /** Completes. */
        @Actor
        public void device() {
            ring.publishUsed(LENGTH_BYTES);
        }

        /** Peeks; if that shows nothing, loads the index, then the element. */
        @Actor
        public void driver(III_Result r) {
            r.r1 = ring.usedLengthBytes();
            if (r.r1 != 0) {
                return;
            }
            int idx = ring.usedIdxPlain() - RawRing.ENTRY;
            int length = ring.usedLengthBytes();
            r.r2 = idx;
            r.r3 = length;
        }
    }

    /** Wrong: the barrier stands before the index, as if it refreshed something. */
    @JCStressTest
    @JCStressMeta(Wrong.class)
    @Description("B' wrong: Rmb before the index orders nothing that matters")
    @State
    public static class RmbBeforeIndex {
        private final RawRing ring = new RawRing();

        /** Completes. */
        @Actor
        public void device() {
            ring.publishUsed(LENGTH_BYTES);
        }

        /** Peeks; if that shows nothing, loads the index, then the element. */
        @Actor
        public void driver(III_Result r) {
            ring.memory.rmb();
            r.r1 = ring.usedLengthBytes();
            if (r.r1 != 0) {
                return;
            }
            int idx = ring.usedIdxPlain() - RawRing.ENTRY;
            int length = ring.usedLengthBytes();
            r.r2 = idx;
            r.r3 = length;
        }
    }

    /** Wrong: an opaque load of the index and no barrier. */
    @JCStressTest
    @JCStressMeta(Hidden.class)
    @Description("B' wrong: an opaque index is not a barrier")
    @State
    public static class OpaqueIndexOnly {
        private final RawRing ring = new RawRing();

        /** Completes. */
        @Actor
        public void device() {
            ring.publishUsed(LENGTH_BYTES);
        }

        /** Peeks; if that shows nothing, loads the index, then the element. */
        @Actor
        public void driver(III_Result r) {
            r.r1 = ring.usedLengthBytes();
            if (r.r1 != 0) {
                return;
            }
            int idx = ring.usedIdx() - RawRing.ENTRY;
            int length = ring.usedLengthBytes();
            r.r2 = idx;
            r.r3 = length;
        }
    }
}
