// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Agrona's ordered store publishes what was stored before it: the memory that the queues stand on keeps its word. */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing seen yet")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "data before index")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "index and data")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "index without data")
@State
public class AgronaPublishTest {

    private static final int INDEX_OFFSET = 0;
    private static final int DATA_OFFSET = 64;

    private final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(128));

    /** Stores data, then the index. */
    @Actor
    public void publisher() {
        memory.putInt(DATA_OFFSET, 1);
        memory.putIntOrdered(INDEX_OFFSET, 1);
    }

    /**
     * Loads the index, then data.
     *
     * @param result index and data
     */
    @Actor
    public void consumer(II_Result result) {
        result.r1 = memory.getIntVolatile(INDEX_OFFSET);
        result.r2 = memory.getInt(DATA_OFFSET);
    }
}
