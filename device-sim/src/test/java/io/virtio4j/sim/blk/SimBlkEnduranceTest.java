// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The path of a request to a disk in memory, often enough for every index to wrap. */
final class SimBlkEnduranceTest {
    private static final int REQUESTS = 70_000;
    private static final int WARM_UP = 2_000;

    private final BlkRig rig = new BlkRig(new SimBlk(
            new MemoryBlockStore(1 << 20), SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE), error -> {
                throw new AssertionError(error);
            }));
    private final DmaBuffer header = rig.arena.allocate(BlkRequestLayout.HEADER_BYTES, 64);
    private final DmaBuffer data = rig.arena.allocate(4096, 4096);
    private final DmaBuffer status = rig.arena.allocate(1, 64);
    private final BufferChain chain = new BufferChain(3);
    private final UsedHandler countUsed = (token, written) -> this.used++;
    private long used;

    @Test
    void requestsAllocateNothingAndGoOnWhenTheIndicesWrap() {
        requests(WARM_UP);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        requests(REQUESTS);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(used).isEqualTo(REQUESTS + WARM_UP);
        // The measurement itself takes a little; a single object a request would be a million bytes.
        assertThat(allocated).isLessThan(REQUESTS);
    }

    private void requests(int count) {
        for (int i = 0; i < count; i++) {
            boolean write = (i & 1) == 0;
            rig.low.putLe32(header.offset() + BlkRequestLayout.TYPE, write ? BlkRequestType.OUT : BlkRequestType.IN);
            rig.low.putLe64(header.offset() + BlkRequestLayout.SECTOR, (i & 0xFF) * 8L & ~15L);
            rig.low.putByte(status.offset(), BlkRig.POISON);
            rig.low.putLe32(data.offset(), write ? i : BlkRig.POISON);
            chain.clear().addReadable(header);
            if (write) {
                chain.addReadable(data);
            } else {
                chain.addWritable(data);
            }
            rig.queue.offer(chain.addWritable(status), i);
            rig.session.service();
            rig.queue.poll(countUsed, 1);
            if (rig.low.getByte(status.offset()) != BlkStatus.OK
                    || rig.low.getLe32(data.offset()) != (write ? i : i - 1)) {
                throw new AssertionError("request " + i + " has status " + rig.low.getByte(status.offset()) + ", data "
                        + rig.low.getLe32(data.offset()));
            }
        }
    }
}
