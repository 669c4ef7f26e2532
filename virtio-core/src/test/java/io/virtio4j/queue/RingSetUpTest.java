// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring is set up by its driver, whatever the memory held before: {@link QueuePair} gives it all ones. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingSetUpTest {
    private final RingFormat format;

    RingSetUpTest(RingFormat format) {
        this.format = format;
    }

    @Test
    @Clause({"SPLIT-DRV-USED-FLAGS-INIT", "PACKED-DRV-RING-ZEROED"})
    void whatTheOtherSideLooksAtFirstIsZero() {
        QueuePair pair = QueuePair.of(format, 4);

        if (format == RingFormat.SPLIT) {
            assertThat(pair.rawSplit().availFlags()).isZero();
            assertThat(pair.rawSplit().availIdx()).isZero();
            assertThat(pair.rawSplit().usedEvent()).isZero();
            assertThat(pair.rawSplit().usedFlags()).isZero();
            assertThat(pair.rawSplit().usedIdx()).isZero();
            assertThat(pair.rawSplit().availEvent()).isZero();
        } else {
            assertThat(pair.raw.descriptorArea()).containsOnly(0);
            assertThat(pair.raw.driverArea()).containsOnly(0);
            assertThat(pair.raw.deviceArea()).containsOnly(0);
        }
    }

    @Test
    @Clause({"SPLIT-DRV-USED-FLAGS-INIT", "PACKED-DRV-RING-ZEROED", "PACKED-DEV-USE-ONLY-AVAIL"})
    void nothingIsThereForEitherSideToTake() {
        QueuePair pair = QueuePair.of(format, 4);

        assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
        assertThat(pair.driver.poll((token, written) -> {}, 4)).isZero();
        assertThat(pair.driver.isBroken()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("SPLIT-DRV-USED-FLAGS-INIT")
    void theFirstBufferIsKickedAndCalled(boolean eventIdx) {
        QueuePair pair = eventIdx ? QueuePair.of(format, 4, FeatureBits.EVENT_IDX) : QueuePair.of(format, 4);

        pair.driver.offer(pair.writable(8), 7);

        assertThat(pair.driver.kickNeeded()).isTrue();
        pair.use(8);
        assertThat(pair.device.callNeeded()).isTrue();
        assertThat(pair.poll()).containsExactly(new Used(7, 8));
    }

    @ParameterizedTest
    @CsvSource({"8, 0, 0", "1, 0, 0", "0, 1, 0", "0, 0, 1", "0, 0, 2"})
    @Clause("PACKED-DRV-ALIGN")
    void aMisalignedPartIsRefusedByBothHalves(long offDescriptors, long offDriver, long offDevice) {
        QueuePair pair = QueuePair.of(format, 4);
        QueueAddresses at = pair.config.addresses();
        QueueConfig config = new QueueConfig(
                0,
                4,
                pair.config.features(),
                new QueueAddresses(
                        at.descriptorArea() + offDescriptors,
                        at.driverArea() + offDriver,
                        at.deviceArea() + offDevice));

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DriverQueue.create(config, pair.guest, BarrierPolicy.OPTIMIZED, pair.driverErrors::add))
                .withMessageContaining("aligned");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceQueue.create(config, pair.guest, index -> {}, pair.deviceErrors::add))
                .withMessageContaining("aligned");
    }

    @Test
    void aPartThatRunsOutOfGuestMemoryIsRefusedByBothHalves() {
        QueuePair pair = QueuePair.of(format, 4);
        QueueAddresses at = pair.config.addresses();
        long end = QueuePair.GUEST_BASE + (pair.memory.lengthBytes() & -16L);
        QueueConfig config = new QueueConfig(
                0, 4, pair.config.features(), new QueueAddresses(end - 48, at.driverArea(), at.deviceArea()));

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DriverQueue.create(config, pair.guest, BarrierPolicy.OPTIMIZED, pair.driverErrors::add))
                .withMessageContaining("does not lie in one region");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceQueue.create(config, pair.guest, index -> {}, pair.deviceErrors::add))
                .withMessageContaining("does not lie in one region");
    }
}
