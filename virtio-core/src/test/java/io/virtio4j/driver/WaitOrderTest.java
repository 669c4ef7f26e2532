// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;

/** What the waits touch, in which order, and where they fence. */
class WaitOrderTest {
    private final RecordedPair recorded = RecordedPair.of(RingFormat.SPLIT);
    private final UsedBufferSignal signal = new UsedBufferSignal();

    @Test
    void aSpinByTheClockIsLoadsAloneAndOneReadBarrierAtItsEnd() {
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        IdleStrategy idle = WaitRig.atPause(3, () -> recorded.pair.use(0));

        assertThat(recorded.during(() -> {
                    recorded.pair.driver.pollUsedFor((token, written) -> {}, 1, WaitRig.LONG_NANOS, idle);
                }))
                .startsWith(
                        "opaque load used.idx", "opaque load used.idx", "opaque load used.idx", "opaque load avail.idx")
                .endsWith("opaque load used.idx", "RMB", "load used.ring[0].id", "load used.ring[0].len");
        // The other two are the device's, which used the chain meanwhile.
        assertThat(recorded.memory.count("WMB")).isEqualTo(1);
        assertThat(recorded.memory.count("RMB")).isEqualTo(2);
        assertThat(recorded.memory.count("MB")).isZero();
    }

    @Test
    @Clause({"SPLIT-DRV-REARM-RECHECK"})
    void aSleepIsTheWishThenTheFullBarrierThenTheLastLook() {
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);

        assertThat(recorded.during(() -> recorded.pair.driver.awaitUsed((token, written) -> {}, 1, signal, 0)))
                .containsExactly(
                        "opaque load used.idx",
                        "opaque store avail.flags",
                        "MB",
                        "opaque load used.idx",
                        "opaque store avail.flags");
        assertThat(recorded.pair.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(1);
    }

    @Test
    @Clause("SPLIT-DRV-REARM-RECHECK")
    void aCallThatComesWithTheLastLookKeepsTheDriverFromParking() {
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        int[] looks = {0};
        recorded.memory.nameBy((offset, lengthBytes) -> {
            if (offset == usedIdxOffset() && ++looks[0] == 2) {
                // Called while it looks for the last time, and sees nothing yet.
                signal.call(0);
            } else if (looks[0] == 3) {
                looks[0]++;
                recorded.pair.use(0);
            }
            return "";
        });
        long startNanos = System.nanoTime();

        assertThat(recorded.pair.driver.awaitUsed((token, written) -> {}, 1, signal, WaitRig.LONG_NANOS))
                .isEqualTo(1);

        // A call taken after the look would have been slept through, for a minute.
        assertThat(System.nanoTime() - startNanos).isLessThan(WaitRig.LONG_NANOS / 2);
    }

    private long usedIdxOffset() {
        return recorded.pair.config.addresses().deviceArea() - QueuePair.GUEST_BASE + 2;
    }
}
