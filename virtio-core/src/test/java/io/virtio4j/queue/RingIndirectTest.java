// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.IndirectTables;
import io.virtio4j.driver.QueueOptions;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.wire.FeatureBits;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A chain in a table takes one descriptor and is in all else a chain like any other. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingIndirectTest {
    private static final int ENTRIES = 4;

    private final RingFormat format;
    private final QueuePair pair;

    RingIndirectTest(RingFormat format) {
        this.format = format;
        this.pair = QueuePair.of(4, QueuePair.features(format, FeatureBits.INDIRECT_DESC), ENTRIES);
    }

    @Test
    void aQueueHoldsAsManyChainsInTablesAsItHasDescriptors() {
        for (int i = 0; i < 4; i++) {
            assertThat(pair.driver.offer(pair.parts(ENTRIES), i)).isNotNegative();
        }

        assertThat(pair.driver.offer(pair.parts(1), 4)).isEqualTo(DriverQueue.FULL);
        assertThat(pair.useAll()).isEqualTo(4);
        assertThat(pair.poll()).extracting(Used::token).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pair.driver.freeDescriptors()).isEqualTo(4);
    }

    /** Each table keeps its bytes while its chain is in flight, whatever is offered besides. */
    @Test
    void chainsInFlightDoNotShareATable() {
        DmaBuffer[] buffers = new DmaBuffer[8];
        for (int i = 0; i < 8; i++) {
            buffers[i] = pair.buffer(8);
            pair.memory.putLe64(buffers[i].offset(), i);
        }
        for (int i = 0; i < 4; i++) {
            pair.driver.offer(new BufferChain(2).addReadable(buffers[i]).addReadable(buffers[i + 4]), i);
        }

        for (int i = 0; i < 4; i++) {
            var chain = pair.device.chain(pair.device.next());
            assertThat(chain.getLe64(0)).isEqualTo(i);
            assertThat(chain.getLe64(8)).isEqualTo(i + 4);
        }
    }

    @Test
    void aTableIsFreeAgainWithItsChain() {
        for (int i = 0; i < 100; i++) {
            assertThat(pair.driver.offer(pair.parts(ENTRIES), i)).isNotNegative();
            assertThat(pair.driver.offer(pair.parts(2), 1000 + i)).isNotNegative();
            pair.useAll();
            assertThat(pair.poll()).containsExactly(new Used(i, 0), new Used(1000 + i, 0));
        }
    }

    @Test
    void tooFewTablesForTheQueueAreRefused() {
        IndirectTables three = new IndirectTables(pair.buffer(3 * 2 * 16), 3, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DriverQueue.create(
                        pair.config,
                        pair.guest,
                        new QueueOptions(BarrierPolicy.OPTIMIZED, pair.driverErrors::add, Optional.of(three))))
                .withMessageContaining("4 descriptors")
                .withMessageContaining("3");
    }

    @Test
    void tablesThatDoNotFitTheirBufferOrHoldOneEntryAreRefused() {
        DmaBuffer buffer = pair.buffer(4 * 2 * 16);

        assertThatIllegalArgumentException().isThrownBy(() -> new IndirectTables(buffer, 4, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new IndirectTables(buffer, 5, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new IndirectTables(buffer, 4, 3));
        assertThat(IndirectTables.lengthBytes(4, 2)).isEqualTo(buffer.lengthBytes());
    }

    @Test
    void withoutTablesChainsGoDirectThoughTheFeatureIsThere() {
        QueuePair direct = QueuePair.of(format, 4, FeatureBits.INDIRECT_DESC);

        direct.driver.offer(direct.parts(3), 1);

        assertThat(direct.driver.freeDescriptors()).isEqualTo(1);
    }
}
