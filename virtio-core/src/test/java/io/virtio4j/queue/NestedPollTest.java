// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.SharedMemory;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A handler of used buffers that polls the queue itself. */
class NestedPollTest {
    @ParameterizedTest
    @CsvSource({"SPLIT, OPTIMIZED, 2", "PACKED, OPTIMIZED, 2", "SPLIT, BASELINE, 4", "PACKED, BASELINE, 4"})
    void everyFenceIsCountedOnce(RingFormat format, BarrierPolicy policy, long fences) {
        QueuePair pair = QueuePair.over(
                SharedMemory.allocate(QueuePair.lengthBytes(8, 0), QueuePair.GUEST_BASE),
                8,
                QueuePair.features(format),
                policy,
                0);
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.offer(pair.parts(1), 2);
        pair.use(0);
        pair.use(0);

        // Each poll takes one, with a read barrier of its own; the baseline has a full one besides.
        int taken = pair.driver.pollUsed(
                (token, written) -> pair.driver.pollUsed((inner, none) -> {}, 1, 0, BusySpinIdleStrategy.INSTANCE),
                1,
                0,
                BusySpinIdleStrategy.INSTANCE);

        assertThat(taken).isEqualTo(1);
        assertThat(pair.driver.inFlight()).isZero();
        QueueCounters counters = pair.driver.counters();
        assertThat(counters.get(QueueCounter.POLL_FENCES))
                .isEqualTo(fences)
                .isEqualTo(counters.get(QueueCounter.RMB) + counters.get(QueueCounter.MB));
    }
}
