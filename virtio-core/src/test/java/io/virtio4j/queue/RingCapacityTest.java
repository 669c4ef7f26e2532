// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.testkit.Clause;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RingCapacityTest {
    /** Sizes that the formats can have; a packed queue's need not be a power of two. */
    static Stream<Arguments> queues() {
        return Stream.concat(
                Stream.of(1, 2, 256, 32768).map(size -> Arguments.of(RingFormat.SPLIT, size)),
                Stream.of(1, 2, 3, 5, 7, 100, 256, 32767, 32768).map(size -> Arguments.of(RingFormat.PACKED, size)));
    }

    @ParameterizedTest
    @MethodSource("queues")
    void aQueueHoldsAsManySingleDescriptorChainsAsItHasDescriptors(RingFormat format, int size) {
        QueuePair pair = QueuePair.of(format, size);
        BufferChain chain = pair.parts(1);

        for (int i = 0; i < size; i++) {
            assertThat(pair.driver.add(chain, i)).isNotNegative();
        }

        assertThat(pair.driver.add(chain, size)).isEqualTo(DriverQueue.FULL);
    }

    @ParameterizedTest
    @MethodSource("queues")
    void aFullQueueComesBackWhole(RingFormat format, int size) {
        QueuePair pair = QueuePair.of(format, size);
        for (int i = 0; i < size; i++) {
            pair.driver.add(pair.parts(1), i);
        }
        pair.driver.publish();
        assertThat(pair.useAll()).isEqualTo(size);

        assertThat(pair.poll())
                .extracting(QueuePair.Used::token)
                .doesNotHaveDuplicates()
                .hasSize(size);
        assertThat(pair.driver.freeDescriptors()).isEqualTo(size);
        assertThat(pair.driver.inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Clause("PACKED-LIST-LIMIT-DEFAULT")
    void oneChainMayTakeEveryDescriptor(RingFormat format, int size) {
        QueuePair pair = QueuePair.of(format, size);

        pair.driver.offer(pair.parts(size), 5);

        assertThat(pair.driver.freeDescriptors()).isZero();
        assertThat(pair.device.chain(pair.device.next()).readableBytes()).isEqualTo(size);
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Clause({"SPLIT-DRV-CHAIN-LE-QSIZE", "PACKED-DRV-LIST-LE-QSIZE", "PACKED-LIST-LIMIT-DEFAULT"})
    void aChainLongerThanTheQueueIsRefused(RingFormat format, int size) {
        QueuePair pair = QueuePair.of(format, size);
        BufferChain chain = pair.parts(size + 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.driver.add(chain, 0))
                .withMessageContaining("1.." + size);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("SPLIT-BUFFER-NONEMPTY")
    void anEmptyChainIsRefused(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);

        assertThatIllegalArgumentException().isThrownBy(() -> pair.driver.add(new BufferChain(1), 0));
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause({"PACKED-DRV-SPACE-FIRST", "PACKED-DRV-NO-DEPEND-ON-PROGRESS"})
    void fullLeavesTheQueueAsItWas(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        pair.driver.offer(pair.parts(3), 1);
        byte[] table = pair.raw.descriptorArea();
        byte[] avail = pair.raw.driverArea();

        assertThat(pair.driver.offer(pair.parts(2), 2)).isEqualTo(DriverQueue.FULL);

        assertThat(pair.raw.descriptorArea()).isEqualTo(table);
        assertThat(pair.raw.driverArea()).isEqualTo(avail);
        assertThat(pair.driver.freeDescriptors()).isEqualTo(1);
        assertThat(pair.driver.inFlight()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aSmallerChainStillFitsAfterFull(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        pair.driver.offer(pair.parts(3), 1);
        assertThat(pair.driver.offer(pair.parts(2), 2)).isEqualTo(DriverQueue.FULL);

        assertThat(pair.driver.offer(pair.parts(1), 3)).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void descriptorsAreFreeAgainOncePolled(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        pair.driver.offer(pair.parts(4), 1);
        pair.use(0);
        assertThat(pair.driver.offer(pair.parts(4), 2)).isEqualTo(DriverQueue.FULL);
        pair.poll();

        assertThat(pair.driver.offer(pair.parts(4), 2)).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aQueueWithNothingInItIsEmptyHoweverOftenTheDeviceLooks(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        byte[] descriptors = pair.raw.descriptorArea();
        byte[] used = pair.raw.deviceArea();

        for (int i = 0; i < 3; i++) {
            assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
            pair.device.flush();
        }
        assertThat(pair.raw.descriptorArea()).isEqualTo(descriptors);
        assertThat(pair.raw.deviceArea()).isEqualTo(used);
        assertThat(pair.calls).isZero();
        assertThat(pair.deviceErrors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aDriverThatLooksTooEarlyFindsNothing(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        pair.driver.offer(pair.parts(1), 1);

        for (int i = 0; i < 3; i++) {
            assertThat(pair.poll()).isEmpty();
        }
        assertThat(pair.driver.inFlight()).isEqualTo(1);
        assertThat(pair.driverErrors).isEmpty();
    }
}
