// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Indices run free from 0 to 65535 and on to 0; only the slot is masked. */
class SplitIndexWrapTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    @Clause({"SPLIT-DRV-AVAIL-IDX-START", "SPLIT-DEV-USED-IDX-START"})
    void bothIndicesStartAtZero(int size) {
        QueuePair pair = QueuePair.split(size);

        assertThat(pair.rawSplit().availIdx()).isZero();
        assertThat(pair.rawSplit().usedIdx()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    @Clause({"SPLIT-DRV-AVAIL-IDX-START", "SPLIT-DEV-USED-IDX-START"})
    void bothIndicesPassTheirLastValue(int size) {
        QueuePair pair = QueuePair.split(size).runTo(65535);
        assertThat(pair.rawSplit().availIdx()).isEqualTo(65535);
        assertThat(pair.rawSplit().usedIdx()).isEqualTo(65535);

        pair.runTo(1);

        assertThat(pair.rawSplit().availIdx()).isZero();
        assertThat(pair.rawSplit().usedIdx()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    void theQueueWorksAfterThreeLaps(int size) {
        QueuePair pair = QueuePair.split(size).runTo(3 * 65536 + 1);

        assertThat(pair.driver.freeDescriptors()).isEqualTo(size);
        assertThat(pair.driverErrors).isEmpty();
        assertThat(pair.deviceErrors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 256, 32768})
    void aBatchMayStraddleTheLastValue(int size) {
        QueuePair pair = QueuePair.split(size).runTo(65535);
        List<Long> tokens = new ArrayList<>();
        for (long token = 0; token < size; token++) {
            pair.driver.add(pair.parts(1), token);
            tokens.add(token);
        }
        pair.driver.publish();

        assertThat(pair.useAll()).isEqualTo(size);

        assertThat(pair.rawSplit().usedIdx()).isEqualTo(size - 1);
        assertThat(pair.poll()).extracting(Used::token).containsExactlyElementsOf(tokens);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256})
    @Clause("SPLIT-DRV-SIMPLE-PLACE")
    void theSlotIsTheIndexModuloTheQueueSize(int size) {
        QueuePair pair = QueuePair.split(size).runTo(65535);
        pair.rawSplit().availSlot(65535 % size, 0xEEEE);

        int head = pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.rawSplit().availSlot(65535 % size)).isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256})
    @Clause("SPLIT-DRV-SIMPLE-PLACE")
    void theSlotAfterTheLastIndexIsTheFirst(int size) {
        QueuePair pair = QueuePair.split(size).runTo(65536);
        pair.rawSplit().availSlot(0, 0xEEEE);

        int head = pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.rawSplit().availSlot(0)).isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256})
    void nothingIsThereToTakeWhenTheIndexStandsStillAtItsLastValue(int size) {
        QueuePair pair = QueuePair.split(size).runTo(65535);

        assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
        assertThat(pair.poll()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4})
    @Clause("SPLIT-DRV-AVAIL-IDX-MONOTONE")
    void theAvailableIndexOnlyGoesForward(int size) {
        QueuePair pair = QueuePair.split(size);
        int before = 0;
        for (int i = 0; i < 66_000; i++) {
            int batch = 1 + i % size;
            for (int k = 0; k < batch; k++) {
                pair.driver.add(pair.parts(1), k);
            }
            pair.driver.publish();
            int now = pair.rawSplit().availIdx();
            assertThat((now - before) & 0xFFFF).isEqualTo(batch);
            before = now;
            pair.useAll();
            pair.driver.poll((token, written) -> {}, size);
        }
    }
}
