// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A and A': what a driver offers, the device sees as a whole or not at all.
 *
 * <p>The driver writes data, descriptors and a slot of the available ring, then (A) the index. The device loads the index,
 * then (A') slot, descriptors and data. A slot that was not there yet would name descriptor 0, which the device already
 * holds, and break the queue; a descriptor that was not there yet has a length of 0; data that was not there yet are 0.
 *
 * <p>On x86 neither the processor nor C2 moves these stores or these loads, so a missing fence would not be seen here:
 * on such a machine this shows that the queue is right as compiled, not that the fences are needed.
 */
public class AvailableTest {
    private static final int DATA = 0x5EED;
    private static final int OTHER_DATA = 0xF00D;

    private AvailableTest() {}

    private static String take(DeviceQueue device, int expectedData) {
        int id = device.next();
        if (id == DeviceQueue.EMPTY) {
            return "nothing yet";
        }
        if (id == DeviceQueue.BROKEN) {
            return "broken";
        }
        DescriptorChain chain = device.chain(id);
        long readable = chain.readableBytes();
        int data = readable == QueuePair.REQUEST_BYTES ? chain.getLe32(0) : 0;
        return data == expectedData ? "whole" : "stale: " + readable + " bytes, data " + data;
    }

    /** One chain of two descriptors. */
    @JCStressTest
    @Description("A/A': an offered chain is seen with its slot, both descriptors and its data, or not at all")
    @Outcome(id = "nothing yet", expect = ACCEPTABLE, desc = "the device looked first")
    @Outcome(id = "whole", expect = ACCEPTABLE, desc = "slot, descriptors and data")
    @Outcome(expect = FORBIDDEN, desc = "the index without what it covers")
    @State
    public static class OneChain {
        private final QueuePair queue = QueuePair.byFlag().withOneChainInFlight();
        private final BufferChain chain = queue.requestAndResponse(1);

        /** Writes the request and offers it. */
        @Actor
        public void driver() {
            queue.memory().putLe32(queue.request(1), DATA);
            queue.driver.offer(chain, 1);
        }

        /** Looks once. */
        @Actor
        public void device(L_Result r) {
            r.r1 = take(queue.device, DATA);
        }
    }

    /** Two chains, one index that jumps by two. */
    @JCStressTest
    @Description("A/A': two chains behind one index are seen both or not at all, each with its data")
    @Outcome(id = "nothing yet, nothing yet", expect = ACCEPTABLE, desc = "the device looked twice before")
    @Outcome(id = "nothing yet, first of two", expect = ACCEPTABLE, desc = "the index came between the two looks")
    @Outcome(id = "whole, whole", expect = ACCEPTABLE, desc = "both, in order")
    @Outcome(expect = FORBIDDEN, desc = "the first without the second, or without what it covers")
    @State
    public static class TwoChainsOneIndex {
        private final QueuePair queue = QueuePair.byFlag().withOneChainInFlight();
        private final BufferChain first = queue.requestOnly(0);
        private final BufferChain second = queue.requestOnly(1);

        /** Adds both, then publishes. */
        @Actor
        public void driver() {
            queue.memory().putLe32(queue.request(0), DATA);
            queue.memory().putLe32(queue.request(1), OTHER_DATA);
            queue.driver.add(first, 1);
            queue.driver.add(second, 2);
            queue.driver.publish();
        }

        /** Looks twice. */
        @Actor
        public void device(LL_Result r) {
            String firstLook = take(queue.device, DATA);
            r.r1 = firstLook;
            if (firstLook.equals("nothing yet")) {
                String secondLook = take(queue.device, DATA);
                r.r2 = secondLook.equals("whole") ? "first of two" : secondLook;
            } else {
                r.r2 = take(queue.device, OTHER_DATA);
            }
        }
    }
}
