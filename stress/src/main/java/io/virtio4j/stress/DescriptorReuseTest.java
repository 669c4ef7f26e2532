// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * F: a driver that has got its descriptors back and fills them again does not change what the device read before.
 *
 * <p>The device reads descriptors and data and publishes the used index; the driver sees the index and overwrites both. B
 * has to order the device's earlier <em>loads</em> before its store of the index, and B' the driver's load of the index
 * before its later <em>stores</em>: that is why B is a release fence and a store-store fence would not do. Only a weakly
 * ordered processor can show the difference; on x86 this shows that the reuse is right as compiled.
 */
@JCStressTest
@Description("F: descriptors and data that the driver writes anew never reach the request before")
@Outcome(id = "old, not yet", expect = ACCEPTABLE, desc = "the driver looked before the completion")
@Outcome(id = "old, reused", expect = ACCEPTABLE, desc = "the old request was read, then overwritten")
@Outcome(expect = FORBIDDEN, desc = "the device read what the driver wrote for the next request")
@State
public class DescriptorReuseTest {
    private static final int OLD = 0x01D;
    private static final int NEW = 0x4E3;
    private static final int NEW_BYTES = 4;

    private final QueuePair queue = QueuePair.byFlag();
    private final BufferChain reused = new BufferChain(1);

    /** Offers the old request. */
    public DescriptorReuseTest() {
        queue.memory().putLe32(queue.request(0), OLD);
        queue.driver.offer(queue.requestOnly(0), 0);
        reused.addReadable(queue.memory().guestAddress() + queue.request(0), NEW_BYTES);
    }

    /** Takes the request, reads it and gives it back. */
    @Actor
    public void device(LL_Result r) {
        int id = queue.device.next();
        if (id == DeviceQueue.BROKEN) {
            r.r1 = "broken";
            return;
        }
        long readable = queue.device.chain(id).readableBytes();
        int data = queue.device.chain(id).getLe32(0);
        queue.device.complete(id, 0);
        queue.device.publish();
        r.r1 = data == OLD && readable == QueuePair.REQUEST_BYTES ? "old" : "new: " + readable + " bytes, data " + data;
    }

    /** If the request is back, fills the same buffer and the same descriptor again. */
    @Actor
    public void driver(LL_Result r) {
        int count = queue.driver.poll((token, writtenBytes) -> {}, 1);
        if (count == 1) {
            queue.memory().putLe32(queue.request(0), NEW);
            int id = queue.driver.offer(reused, 1);
            r.r2 = id == 0 ? "reused" : "offer gave " + id;
        } else {
            r.r2 = count == 0 ? "not yet" : "poll gave " + count;
        }
    }
}
