// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * B and B': what a device completes, the driver sees with its id, its length and its data, or not at all.
 *
 * <p>The device writes data and a used element, then (B) the index. The driver loads the index, then (B') element and
 * data. The device holds two chains and the one that is sampled is not the first, so that an element that was not there
 * yet (id 0, length 0) would give the wrong token.
 *
 * <p>As for {@link AvailableTest}, x86 and C2 keep this order by themselves as long as nobody loads the element before the
 * index: {@link UsedElementPeekTest} is the case in which a missing B' is seen on x86 too.
 */
public class UsedTest {
    private static final int DATA = 0x5EED;
    private static final int OTHER_DATA = 0xF00D;
    private static final int FIRST_TOKEN = 5;
    private static final int SECOND_TOKEN = 7;
    private static final int FIRST_BYTES = 8;
    private static final int SECOND_BYTES = 12;

    private UsedTest() {}

    /** A queue whose two chains are with the device, and a driver that writes down what it gets. */
    abstract static class TwoChainsWithTheDevice implements UsedHandler {
        final QueuePair queue = QueuePair.byFlag();
        final int firstId;
        final int secondId;
        private String taken = "";

        TwoChainsWithTheDevice() {
            queue.driver.offer(queue.responseOnly(0), FIRST_TOKEN);
            queue.driver.offer(queue.responseOnly(1), SECOND_TOKEN);
            firstId = queue.device.next();
            secondId = queue.device.next();
        }

        @Override
        public void onUsed(long token, long writtenBytes) {
            boolean second = token == SECOND_TOKEN && writtenBytes == SECOND_BYTES && read(1) == OTHER_DATA;
            boolean first = token == FIRST_TOKEN && writtenBytes == FIRST_BYTES && read(0) == DATA;
            if (second) {
                taken += "second ";
            } else if (first) {
                taken += "first ";
            } else {
                taken += "stale: token " + token + ", " + writtenBytes + " bytes ";
            }
        }

        private int read(int number) {
            return queue.memory().getLe32(queue.response(number));
        }

        String poll() {
            int count = queue.driver.poll(this, QueuePair.SMALL);
            if (count == 0) {
                return "nothing yet";
            }
            return count == DriverQueue.BROKEN ? "broken" : taken.strip();
        }

        void completeFirst() {
            queue.device.chain(firstId).putLe32(0, DATA);
            queue.device.complete(firstId, FIRST_BYTES);
        }

        void completeSecond() {
            queue.device.chain(secondId).putLe32(0, OTHER_DATA);
            queue.device.complete(secondId, SECOND_BYTES);
        }
    }

    /** One of two chains in flight, out of order. */
    @JCStressTest
    @Description("B/B': a completion is seen with its token, length and data, or not at all")
    @Outcome(id = "nothing yet", expect = ACCEPTABLE, desc = "the driver looked first")
    @Outcome(id = "second", expect = ACCEPTABLE, desc = "token, length and data")
    @Outcome(expect = FORBIDDEN, desc = "the index without what it covers")
    @State
    public static class OneChain extends TwoChainsWithTheDevice {
        /** Writes the data, completes and publishes. */
        @Actor
        public void device() {
            completeSecond();
            queue.device.publish();
        }

        /** Looks once. */
        @Actor
        public void driver(L_Result r) {
            r.r1 = poll();
        }
    }

    /** Two completions, one index that jumps by two. */
    @JCStressTest
    @Description("B/B': two completions behind one index are seen both or not at all, in the device's order")
    @Outcome(id = "nothing yet", expect = ACCEPTABLE, desc = "the driver looked first")
    @Outcome(id = "second first", expect = ACCEPTABLE, desc = "both, in the order in which they were completed")
    @Outcome(expect = FORBIDDEN, desc = "one without the other, or without what the index covers")
    @State
    public static class TwoChainsOneIndex extends TwoChainsWithTheDevice {
        /** Completes both, then publishes. */
        @Actor
        public void device() {
            completeSecond();
            completeFirst();
            queue.device.publish();
        }

        /** Looks once. */
        @Actor
        public void driver(L_Result r) {
            r.r1 = poll();
        }
    }
}
