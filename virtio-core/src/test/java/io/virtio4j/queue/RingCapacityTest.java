// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitCapacityTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    void aQueueHoldsAsManySingleDescriptorChainsAsItHasDescriptors(int size) {
        QueuePair pair = QueuePair.split(size);
        BufferChain chain = pair.parts(1);

        for (int i = 0; i < size; i++) {
            assertThat(pair.driver.add(chain, i)).isNotNegative();
        }

        assertThat(pair.driver.add(chain, size)).isEqualTo(DriverQueue.FULL);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    void aFullQueueComesBackWhole(int size) {
        QueuePair pair = QueuePair.split(size);
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
    @ValueSource(ints = {1, 2, 256, 32768})
    void oneChainMayTakeEveryDescriptor(int size) {
        QueuePair pair = QueuePair.split(size);

        pair.driver.offer(pair.parts(size), 5);

        assertThat(pair.driver.freeDescriptors()).isZero();
        assertThat(pair.device.chain(pair.device.next()).readableBytes()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 32768})
    @Clause("SPLIT-DRV-CHAIN-LE-QSIZE")
    void aChainLongerThanTheQueueIsRefused(int size) {
        QueuePair pair = QueuePair.split(size);
        BufferChain chain = pair.parts(size + 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.driver.add(chain, 0))
                .withMessageContaining("1.." + size);
    }

    @Test
    @Clause("SPLIT-BUFFER-NONEMPTY")
    void anEmptyChainIsRefused() {
        QueuePair pair = QueuePair.split(4);

        assertThatIllegalArgumentException().isThrownBy(() -> pair.driver.add(new BufferChain(1), 0));
    }

    @Test
    void fullLeavesTheQueueAsItWas() {
        QueuePair pair = QueuePair.split(4);
        pair.driver.offer(pair.parts(3), 1);
        byte[] table = pair.rawSplit().descriptorArea();
        byte[] avail = pair.rawSplit().driverArea();

        assertThat(pair.driver.offer(pair.parts(2), 2)).isEqualTo(DriverQueue.FULL);

        assertThat(pair.rawSplit().descriptorArea()).isEqualTo(table);
        assertThat(pair.rawSplit().driverArea()).isEqualTo(avail);
        assertThat(pair.driver.freeDescriptors()).isEqualTo(1);
        assertThat(pair.driver.inFlight()).isEqualTo(1);
    }

    @Test
    void aSmallerChainStillFitsAfterFull() {
        QueuePair pair = QueuePair.split(4);
        pair.driver.offer(pair.parts(3), 1);
        assertThat(pair.driver.offer(pair.parts(2), 2)).isEqualTo(DriverQueue.FULL);

        assertThat(pair.driver.offer(pair.parts(1), 3)).isNotNegative();
    }

    @Test
    void descriptorsAreFreeAgainOncePolled() {
        QueuePair pair = QueuePair.split(4);
        pair.driver.offer(pair.parts(4), 1);
        pair.use(0);
        assertThat(pair.driver.offer(pair.parts(4), 2)).isEqualTo(DriverQueue.FULL);
        pair.poll();

        assertThat(pair.driver.offer(pair.parts(4), 2)).isNotNegative();
    }

    @Test
    @Clause({"SPLIT-DEV-SPURIOUS-KICK"})
    void aQueueWithNothingInItIsEmptyHoweverOftenTheDeviceLooks() {
        QueuePair pair = QueuePair.split(4);

        for (int i = 0; i < 3; i++) {
            assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
        }
        assertThat(pair.rawSplit().usedIdx()).isZero();
        assertThat(pair.deviceErrors).isEmpty();
    }

    @Test
    @Clause("SPLIT-DRV-SPURIOUS-IRQ")
    void aDriverThatIsCalledForNothingFindsNothing() {
        QueuePair pair = QueuePair.split(4);
        pair.driver.offer(pair.parts(1), 1);

        for (int i = 0; i < 3; i++) {
            assertThat(pair.poll()).isEmpty();
        }
        assertThat(pair.driver.inFlight()).isEqualTo(1);
        assertThat(pair.driverErrors).isEmpty();
    }
}
