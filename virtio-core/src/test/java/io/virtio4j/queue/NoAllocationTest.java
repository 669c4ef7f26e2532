// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Once a queue has been set up and each chain object has been used, no method of either half allocates. */
class NoAllocationTest {
    private static final int QUEUE_SIZE = 16;
    private static final int ROUNDS = 2_000;
    private static final int BATCH = 3;

    /** The JVM itself allocates a few hundred bytes now and then while it links and compiles; our code would each time. */
    private static final int REPEATS = 8;

    private static final int[] BITS = {
        FeatureBits.RING_PACKED, FeatureBits.EVENT_IDX, FeatureBits.IN_ORDER, FeatureBits.INDIRECT_DESC
    };

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final IdleStrategy idle = BusySpinIdleStrategy.INSTANCE;
    private long taken;
    private long rung;
    private final UsedHandler handler = (token, written) -> taken += token;
    private final Doorbell doorbell = payload -> rung += payload;

    static Stream<Features> features() {
        return IntStream.range(0, 1 << BITS.length).mapToObj(set -> {
            Features features = Features.of(FeatureBits.VERSION_1);
            for (int bit = 0; bit < BITS.length; bit++) {
                if ((set & (1 << bit)) != 0) {
                    features = features.with(BITS[bit]);
                }
            }
            return features;
        });
    }

    @ParameterizedTest
    @MethodSource("features")
    void neitherHalfAllocatesOnceItIsWarm(Features features) {
        int tableEntries = features.has(FeatureBits.INDIRECT_DESC) ? 4 : 0;
        QueuePair queue = QueuePair.of(QUEUE_SIZE, features, tableEntries);
        BufferChain chain = new BufferChain(3)
                .addReadable(queue.buffer(16))
                .addReadable(queue.buffer(8))
                .addWritable(queue.buffer(16));
        long leastBytes = Long.MAX_VALUE;
        for (int repeat = 0; repeat < REPEATS && leastBytes != 0; repeat++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            rounds(queue, chain);
            leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(leastBytes).as("bytes in %d rounds of %s", ROUNDS, features).isZero();
        assertThat(taken % (ROUNDS * BATCH)).isZero();
        assertThat(queue.driverErrors).isEmpty();
        assertThat(queue.deviceErrors).isEmpty();
    }

    /** Every method of the hot path, with both halves asking for notifications and not. */
    private void rounds(QueuePair queue, BufferChain chain) {
        for (int round = 0; round < ROUNDS; round++) {
            boolean sleepers = (round & 1) == 0;
            if (sleepers) {
                queue.driver.enableCallbacks();
                queue.device.enableNotifications();
            } else {
                queue.driver.disableCallbacks();
                queue.device.disableNotifications();
            }
            for (int i = 0; i < BATCH; i++) {
                queue.driver.add(chain, 1);
            }
            queue.driver.publish();
            queue.driver.kick(doorbell);
            int handle;
            while ((handle = queue.device.next()) >= 0) {
                DescriptorChain request = queue.device.chain(handle);
                request.putLe32(0, request.getLe32(4));
                queue.device.complete(handle, 16);
            }
            queue.device.flush();
            int polled = queue.driver.poll(handler, 1);
            while (polled < BATCH) {
                polled += queue.driver.pollUsed(handler, BATCH, 1, idle);
            }
            queue.driver.pollUsed(handler, 1, 2, idle);
        }
    }
}
