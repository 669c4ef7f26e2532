// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several request queues of one disk. */
final class SimBlkQueuesTest {
    private static final int QUEUES = 4;
    private static final int LENGTH = 64 * 512;
    private static final SimBlkOptions OPTIONS =
            SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withQueues(QUEUES);

    private final CrashStore store = new CrashStore(LENGTH);
    private final SimBlk device = new SimBlk(store, OPTIONS, error -> {
        throw new AssertionError(error);
    });

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("BLK-QUEUE-COUNT")
    void everyQueueTakesTheSameRequestsOfTheSameDisk(boolean packed) {
        BlkRig rig = new BlkRig(device, BlkRig.everything(device, packed));
        byte[] disk = pattern(LENGTH, 1);
        List<Long> writes = new ArrayList<>();
        for (int sector = 0; sector < 64; sector++) {
            byte[] data = Arrays.copyOfRange(disk, sector * 512, sector * 512 + 512);
            writes.add(rig.send(sector % QUEUES, List.of(header(BlkRequestType.OUT, sector), data), List.of(1)));
        }
        rig.serve();
        assertThat(writes)
                .allSatisfy(write -> assertThat(rig.take(write).status()).isEqualTo(BlkStatus.OK));
        for (int index = 0; index < QUEUES; index++) {
            long read = rig.send(index, List.of(header(BlkRequestType.IN, 0)), List.of(LENGTH, 1));
            rig.serve();
            assertThat(rig.take(read).data()).as("queue %d", index).isEqualTo(disk);
        }
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aFlushOnOneQueueCoversWritesOfAll() {
        BlkRig rig = new BlkRig(device);
        byte[] disk = pattern(QUEUES * 512, 2);
        for (int index = 0; index < QUEUES; index++) {
            byte[] data = Arrays.copyOfRange(disk, index * 512, index * 512 + 512);
            long write = rig.send(index, List.of(header(BlkRequestType.OUT, index), data), List.of(1));
            rig.serve();
            rig.take(write);
        }
        assertThat(store.durable()).containsOnly(0);
        long flush = rig.send(3, List.of(header(BlkRequestType.FLUSH, 0)), List.of(1));
        rig.serve();
        assertThat(rig.take(flush).status()).isEqualTo(BlkStatus.OK);
        assertThat(store.durable()).startsWith(disk);
    }

    @Test
    @Clause("BLK-QUEUE-COUNT")
    void withoutTheFeatureOnlyTheFirstQueueIsUsed() {
        BlkRig rig = new BlkRig(device, BlkRig.everything(device).without(BlkFeatureBits.MQ));
        long ignored = rig.send(1, List.of(header(BlkRequestType.OUT, 0), pattern(512, 1)), List.of(1));
        long served = rig.send(0, List.of(header(BlkRequestType.IN, 0)), List.of(512, 1));
        rig.serve();
        assertThat(rig.take(served).data()).containsOnly(0);
        assertThat(rig.isAnswered(ignored)).isFalse();
    }

    @Test
    void theCountersOfAQueueTellWhatItHasServed() {
        BlkRig rig = new BlkRig(device);
        for (int index = 0; index < QUEUES; index++) {
            for (int request = 0; request <= index; request++) {
                rig.take(sendAndServe(rig, index));
            }
        }
        for (int index = 0; index < QUEUES; index++) {
            assertThat(device.counters(index).orElseThrow().get(QueueCounter.COMPLETIONS))
                    .isEqualTo(index + 1L);
        }
    }

    @Test
    void aQueueThatIsNotSetUpHasNoCounters() {
        assertThat(device.counters(0)).isEmpty();
        BlkRig rig = new BlkRig(device, BlkRig.everything(device).without(BlkFeatureBits.MQ));
        rig.take(sendAndServe(rig, 0));
        assertThat(device.counters(0)).isPresent();
        assertThat(device.counters(1)).isEmpty();
    }

    private static long sendAndServe(BlkRig rig, int index) {
        long read = rig.send(index, List.of(header(BlkRequestType.IN, 0)), List.of(512, 1));
        rig.serve();
        return read;
    }
}
