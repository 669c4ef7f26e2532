// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(RingFormat.class)
class RingRoundTripTest {
    private final QueuePair pair;

    RingRoundTripTest(RingFormat format) {
        pair = QueuePair.of(format, 8);
    }

    @Test
    @Clause("PACKED-DEV-LIST-ORDER")
    void theDeviceReadsThePartsOfAChainInOrderAsOneMessage() {
        DmaBuffer first = pair.buffer(3);
        DmaBuffer second = pair.buffer(5);
        pair.memory.putBytes(first.offset(), new byte[] {1, 2, 3}, 0, 3);
        pair.memory.putBytes(second.offset(), new byte[] {4, 5, 6, 7, 8}, 0, 5);
        pair.driver.offer(new BufferChain(2).addReadable(first).addReadable(second), 0);

        DescriptorChain chain = pair.device.chain(pair.device.next());

        byte[] read = new byte[8];
        chain.getBytes(0, read, 0, 8);
        assertThat(read).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void theDriverFindsWhatTheDeviceWroteAcrossThePartsOfAChain() {
        DmaBuffer first = pair.buffer(2);
        DmaBuffer second = pair.buffer(4);
        pair.driver.offer(
                new BufferChain(3)
                        .addReadable(pair.buffer(1))
                        .addWritable(first)
                        .addWritable(second),
                0);

        int id = pair.device.next();
        pair.device.chain(id).putBytes(0, new byte[] {9, 8, 7, 6, 5, 4}, 0, 6);
        pair.device.complete(id, 6);
        pair.device.publish();

        assertThat(pair.poll()).containsExactly(new Used(0, 6));
        byte[] written = new byte[6];
        pair.memory.getBytes(first.offset(), written, 0, 2);
        pair.memory.getBytes(second.offset(), written, 2, 4);
        assertThat(written).containsExactly(9, 8, 7, 6, 5, 4);
    }

    @Test
    void theDeviceSeesHowManyBytesItMayReadAndWrite() {
        pair.driver.offer(
                new BufferChain(4)
                        .addReadable(pair.buffer(16))
                        .addReadable(pair.buffer(7))
                        .addWritable(pair.buffer(100))
                        .addWritable(pair.buffer(1)),
                0);

        DescriptorChain chain = pair.device.chain(pair.device.next());

        assertThat(chain.readableBytes()).isEqualTo(23);
        assertThat(chain.writableBytes()).isEqualTo(101);
    }

    @Test
    @Clause({"CORE-DEV-USED-LENGTH", "SPLIT-DEV-USED-ELEM", "PACKED-DEV-USED-LEN"})
    void aTokenComesBackWithTheLengthThatTheDeviceReported() {
        pair.driver.offer(
                new BufferChain(2).addReadable(pair.buffer(10)).addWritable(pair.buffer(50)), 0x1234_5678_9ABC_DEF0L);

        pair.use(33);

        assertThat(pair.poll()).containsExactly(new Used(0x1234_5678_9ABC_DEF0L, 33));
    }

    @Test
    void aTokenComesBackOnlyOnce() {
        pair.driver.offer(pair.writable(4), 7);
        pair.use(4);
        assertThat(pair.poll()).hasSize(1);

        assertThat(pair.poll()).isEmpty();
    }

    @Test
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void tokensComeBackInTheOrderInWhichTheDeviceUsedThem() {
        for (int token = 0; token < 4; token++) {
            pair.driver.offer(pair.writable(100), token);
        }
        int[] ids = {pair.device.next(), pair.device.next(), pair.device.next(), pair.device.next()};

        for (int i : new int[] {2, 0, 3, 1}) {
            pair.device.complete(ids[i], 10 + i);
        }
        pair.device.publish();

        assertThat(pair.poll()).containsExactly(new Used(2, 12), new Used(0, 10), new Used(3, 13), new Used(1, 11));
    }

    /** The length is a promise about a prefix; what lies behind it is nobody's business but may have been written. */
    @Test
    @Clause({"SPLIT-DEV-USED-LEN-UNDERSTATE", "PACKED-DEV-USED-LEN"})
    void aDeviceMayWriteBeyondTheLengthThatItReports() {
        DmaBuffer response = pair.buffer(16);
        pair.driver.offer(new BufferChain(1).addWritable(response), 1);
        int handle = pair.device.next();
        pair.device.chain(handle).putLe64(0, 0x1111);
        pair.device.chain(handle).putLe64(8, 0x2222);
        pair.device.complete(handle, 8);
        pair.device.publish();

        assertThat(pair.poll()).containsExactly(new Used(1, 8));
        assertThat(pair.memory.getLe64(response.offset())).isEqualTo(0x1111);
        assertThat(pair.memory.getLe64(response.offset() + 8)).isEqualTo(0x2222);
        assertThat(pair.driver.isBroken()).isFalse();
    }
}
