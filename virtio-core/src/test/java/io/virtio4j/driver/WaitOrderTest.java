// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.RecordedPair;
import io.virtio4j.testkit.Clause;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;

/** What the waits touch, in which order, and where they fence. */
class WaitOrderTest {
    private final RecordedPair recorded = RecordedPair.byFlag();
    private final UsedBufferSignal signal = new UsedBufferSignal();

    @Test
    void aSpinByTheClockIsLoadsAloneAndOneReadBarrierAtItsEnd() {
        recorded.pair.driver.offer(recorded.pair.parts(1), 1);
        IdleStrategy idle = WaitRig.atPause(3, () -> {
            recorded.pair.use(0);
            recorded.memory.forget();
        });

        assertThat(recorded.during(() -> {
                    recorded.pair.driver.pollUsedFor((token, written) -> {}, 1, WaitRig.LONG_NANOS, idle);
                }))
                .startsWith("opaque load used.idx", "RMB", "load used.ring[0].id");
        assertThat(recorded.memory.count("MB")).isZero();
        assertThat(recorded.memory.count("WMB")).isZero();
        assertThat(recorded.memory.count("RMB")).isEqualTo(1);
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
}
