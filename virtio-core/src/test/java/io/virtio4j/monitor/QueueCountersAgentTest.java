// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueCounters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // the agent's contract names it
class QueueCountersAgentTest {
    private static final int COUNTERS = QueueCounter.values().length;

    private final QueueCounters driver = new QueueCounters();
    private final QueueCounters device = new QueueCounters();

    private static CountersManager manager(int counters) {
        return new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(counters * CountersReader.METADATA_LENGTH)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(counters * CountersReader.COUNTER_LENGTH)));
    }

    private static Map<String, Long> shown(CountersReader reader) {
        Map<String, Long> values = new TreeMap<>();
        reader.forEach((value, id, label) -> values.put(label, value));
        return values;
    }

    @Test
    void everyCounterOfEveryHalfIsShownUnderItsLabel() {
        CountersManager manager = manager(4 * COUNTERS);
        QueueCountersAgent agent = new QueueCountersAgent(manager);
        driver.addKicksSent(5);
        agent.add("blk0.driver", 0, driver);
        agent.add("blk0.device", 0, device);

        assertThat(shown(manager)).hasSize(2 * COUNTERS);
        assertThat(shown(manager)).containsEntry("blk0.driver.kicks.sent", 5L);
        assertThat(shown(manager)).containsEntry("blk0.device.kicks.sent", 0L);
    }

    @Test
    void aDutyCycleShowsWhatHasChangedAndSaysHowMuch() {
        CountersManager manager = manager(4 * COUNTERS);
        QueueCountersAgent agent = new QueueCountersAgent(manager);
        agent.add("q", 3, driver);
        driver.addWmb(2);
        driver.addMb(7);

        assertThat(agent.doWork()).isEqualTo(2);
        assertThat(agent.doWork()).isZero();
        assertThat(shown(manager)).containsEntry("q.wmb", 2L).containsEntry("q.mb", 7L);
    }

    @Test
    void typeAndKeySayWhichCounterOfWhichQueueItIs() {
        CountersManager manager = manager(COUNTERS);
        new QueueCountersAgent(manager).add("q", 3, driver);
        int[] seen = {0};

        manager.forEach((counterId, typeId, key, label) -> {
            seen[0]++;
            QueueCounter counter = QueueCounter.values()[typeId - QueueCountersAgent.TYPE_ID_BASE];
            assertThat(label).endsWith(counter.name().toLowerCase(Locale.ROOT).replace('_', '.'));
            assertThat(key.getInt(0, ByteOrder.LITTLE_ENDIAN)).isEqualTo(3);
        });
        assertThat(seen[0]).isEqualTo(COUNTERS);
    }

    @Test
    void aHalfThatIsRemovedFreesItsCountersAndTheOthersStay() {
        CountersManager manager = manager(4 * COUNTERS);
        QueueCountersAgent agent = new QueueCountersAgent(manager);
        agent.add("a", 0, driver);
        agent.add("b", 1, device);
        agent.remove(driver);
        device.addSpins(9);
        agent.doWork();

        assertThat(shown(manager)).hasSize(COUNTERS).containsEntry("b.spins", 9L);
        agent.onClose();
        assertThat(shown(manager)).isEmpty();
    }

    @Test
    void aManagerWithoutRoomShowsNothingOfThatHalf() {
        CountersManager manager = manager(COUNTERS + 3);
        QueueCountersAgent agent = new QueueCountersAgent(manager);
        agent.add("a", 0, driver);

        assertThatThrownBy(() -> agent.add("b", 1, device)).isInstanceOf(IllegalStateException.class);
        assertThat(shown(manager)).hasSize(COUNTERS);
        assertThat(agent.doWork()).isZero();
    }
}
