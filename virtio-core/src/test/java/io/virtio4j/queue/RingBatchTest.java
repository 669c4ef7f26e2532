// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(RingFormat.class)
class RingBatchTest {
    private final QueuePair pair;

    RingBatchTest(RingFormat format) {
        pair = QueuePair.of(format, 8);
    }

    @Test
    @Clause({"SPLIT-DRV-BATCH-PLACE", "SPLIT-DRV-BATCH-COUNTER", "PACKED-DRV-BATCH"})
    void theDeviceSeesNothingOfABatchBeforeItIsPublished() {
        pair.driver.add(pair.parts(1), 1);
        pair.driver.add(pair.parts(1), 2);

        assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
    }

    @Test
    @Clause({"SPLIT-DRV-BATCH-PLACE", "SPLIT-DRV-BATCH-COUNTER", "PACKED-DRV-BATCH"})
    void onePublicationShowsTheWholeBatch() {
        pair.driver.add(pair.parts(1), 1);
        pair.driver.add(pair.parts(2), 2);
        pair.driver.add(pair.parts(1), 3);

        pair.driver.publish();

        assertThat(pair.useAll()).isEqualTo(3);
        assertThat(pair.driver.counters().get(QueueCounter.WMB)).isEqualTo(1);
    }

    @Test
    void publishingNothingIssuesNoBarrier() {
        pair.driver.publish();
        pair.driver.offer(pair.parts(1), 1);
        pair.driver.publish();

        assertThat(pair.driver.counters().get(QueueCounter.WMB)).isEqualTo(1);
    }

    @Test
    void theDriverSeesNothingOfABatchBeforeTheDevicePublishesIt() {
        pair.driver.offer(pair.writable(1), 1);
        pair.device.complete(pair.device.next(), 1);

        assertThat(pair.poll()).isEmpty();
    }

    @Test
    void onePublicationOfTheDeviceReturnsAllThatItCompleted() {
        pair.driver.offer(pair.writable(1), 1);
        pair.driver.offer(pair.writable(1), 2);

        pair.useAll();

        assertThat(pair.device.counters().get(QueueCounter.WMB)).isEqualTo(1);
        assertThat(pair.poll()).containsExactly(new Used(1, 1), new Used(2, 1));
    }

    @Test
    void pollTakesNoMoreThanItsLimit() {
        offerAndUse(5);

        List<Long> tokens = new ArrayList<>();
        assertThat(pair.driver.poll((token, written) -> tokens.add(token), 2)).isEqualTo(2);

        assertThat(tokens).containsExactly(0L, 1L);
        assertThat(pair.driver.inFlight()).isEqualTo(3);
    }

    @Test
    void whatALimitLeftBehindComesWithTheNextPoll() {
        offerAndUse(5);
        pair.driver.poll((token, written) -> {}, 2);

        assertThat(pair.poll()).extracting(Used::token).containsExactly(2L, 3L, 4L);
    }

    @Test
    void aLimitBelowOneIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.driver.poll((token, written) -> {}, 0))
                .withMessageContaining("0");
    }

    @Test
    @Clause({"SPLIT-DEV-ACCESS-AFTER-IDX", "PACKED-DEV-ACCESS-AFTER-FLAGS"})
    void theDeviceTakesWhatWasPublishedWithoutBeingKicked() {
        pair.driver.offer(pair.parts(1), 1);

        assertThat(pair.device.next()).isNotNegative();
    }

    private void offerAndUse(int count) {
        for (int i = 0; i < count; i++) {
            pair.driver.offer(pair.writable(1), i);
        }
        pair.useAll();
    }
}
