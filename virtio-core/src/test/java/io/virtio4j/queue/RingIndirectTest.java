// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.wire.FeatureBits;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** One for each chain that can be in flight, and room for two parts at least. */
    @ParameterizedTest
    @CsvSource({"128, 2, true", "127, 2, false", "128, 3, false", "128, 1, false", "192, 3, true"})
    void aQueueOfFourTakesFourTablesThatFitTheirBuffer(int bufferBytes, int entries, boolean fits) {
        DmaBuffer tables = pair.buffer(bufferBytes);
        ThrowingCallable create = () -> DriverQueue.create(
                pair.config, pair.guest, BarrierPolicy.OPTIMIZED, pair.driverErrors::add, tables, entries);

        assertThat(RingFormat.indirectTablesBytes(4, entries) <= bufferBytes && entries >= 2)
                .isEqualTo(fits);
        if (fits) {
            assertThatCode(create).doesNotThrowAnyException();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(create)
                    .withMessageContaining("4 tables of " + entries + " entries");
        }
    }

    @Test
    void withoutTablesChainsGoDirectThoughTheFeatureIsThere() {
        QueuePair direct = QueuePair.of(format, 4, FeatureBits.INDIRECT_DESC);

        direct.driver.offer(direct.parts(3), 1);

        assertThat(direct.driver.freeDescriptors()).isEqualTo(1);
    }
}
