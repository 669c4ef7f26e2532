// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A, B and F without end: one queue that lives as long as the process, so that its indices pass 65535 again and again and
 * every slot, descriptor and buffer is used over and over.
 *
 * <p>All samples share the queue. Each is one turn of the driver (take what is used, offer one request if there is room) and
 * one of the device (take a request, answer it), wherever the two happen to be. Requests are numbered; anything stale, lost,
 * repeated or out of order is a wrong number.
 */
@JCStressTest
@Description("A, B, F on one queue without end, across the wrap of the indices from 65535 to 0")
@Outcome(id = "(offered|full), (answered|idle)", expect = ACCEPTABLE, desc = "numbers in order")
@Outcome(expect = FORBIDDEN, desc = "a wrong number, or a broken queue")
@State
public class StreamTest {
    /** As many requests in flight as jcstress runs samples between two meetings of its actors. */
    private static final int IN_FLIGHT = 256;

    // One JVM runs one test with one thread for each actor at a time, and joins them before it starts others.
    private static final DriverSide DRIVER;
    private static final DeviceSide DEVICE;

    static {
        QueuePair queue = QueuePair.ofSize(2 * IN_FLIGHT);
        DRIVER = new DriverSide(queue);
        DEVICE = new DeviceSide(queue);
    }

    /** Offers numbered requests. */
    private static final class DriverSide implements UsedHandler {
        private final QueuePair queue;
        private final BufferChain[] chains;
        private int nextOffered;
        private int nextTaken;
        private String wrong;

        DriverSide(QueuePair queue) {
            this.queue = queue;
            this.chains = new BufferChain[IN_FLIGHT];
            Arrays.setAll(chains, queue::requestAndResponse);
        }

        String turn() {
            int count = queue.driver.poll(this, 1);
            if (count < 0) {
                return "poll gave " + count;
            }
            if (wrong != null) {
                return wrong;
            }
            if (queue.driver.freeDescriptors() < 2) {
                return "full";
            }
            int buffer = nextOffered & (IN_FLIGHT - 1);
            queue.memory().putLe32(queue.request(buffer), nextOffered);
            int id = queue.driver.offer(chains[buffer], nextOffered);
            nextOffered++;
            return id >= 0 ? "offered" : "offer gave " + id;
        }

        @Override
        public void onUsed(long token, long writtenBytes) {
            int answer = queue.memory().getLe32(queue.response(nextTaken & (IN_FLIGHT - 1)));
            if ((int) token != nextTaken || writtenBytes != Integer.BYTES || answer != ~nextTaken) {
                wrong = "request " + nextTaken + ": token " + token + ", " + writtenBytes + " bytes, answer " + ~answer;
            }
            nextTaken++;
        }
    }

    /** Answers each number with its complement. */
    private static final class DeviceSide {
        private final DeviceQueue queue;
        private int nextExpected;

        DeviceSide(QueuePair pair) {
            this.queue = pair.device;
        }

        String turn() {
            int id = queue.next();
            if (id == DeviceQueue.EMPTY) {
                return "idle";
            }
            if (id == DeviceQueue.BROKEN) {
                return "broken";
            }
            DescriptorChain chain = queue.chain(id);
            boolean whole = chain.readableBytes() == QueuePair.REQUEST_BYTES
                    && chain.writableBytes() == QueuePair.RESPONSE_BYTES;
            int number = whole ? chain.getLe32(0) : -1;
            if (number != nextExpected) {
                return chain + " has number " + number + ", not " + nextExpected;
            }
            chain.putLe32(0, ~number);
            queue.complete(id, Integer.BYTES);
            queue.publish();
            nextExpected++;
            return "answered";
        }
    }

    /** One turn of the driver. */
    @Actor
    public void driver(LL_Result r) {
        r.r1 = DRIVER.turn();
    }

    /** One turn of the device. */
    @Actor
    public void device(LL_Result r) {
        r.r2 = DEVICE.turn();
    }
}
