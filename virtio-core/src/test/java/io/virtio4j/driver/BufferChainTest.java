// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BufferChainTest {

    @Test
    @Clause({"SPLIT-DRV-READABLE-FIRST", "PACKED-DRV-READABLE-FIRST"})
    void aReadablePartCannotFollowAWritableOne() {
        BufferChain chain = new BufferChain(3).addReadable(0x1000, 1).addWritable(0x2000, 1);

        assertThatIllegalStateException()
                .isThrownBy(() -> chain.addReadable(0x3000, 1))
                .withMessageContaining("1 readable, 1 writable");

        assertThat(chain.count()).isEqualTo(2);
        assertThat(chain.readableCount()).isEqualTo(1);
    }

    @Test
    @Clause({"SPLIT-DRV-READABLE-FIRST", "PACKED-DRV-READABLE-FIRST"})
    void clearingAChainOfWritablePartsMakesRoomForReadableOnes() {
        BufferChain chain = new BufferChain(1).addWritable(0x1000, 7);

        chain.clear().addReadable(0x2000, 5);

        assertThat(chain.readableCount()).isEqualTo(1);
        assertThat(chain.writableBytes()).isZero();
        assertThat(chain.address(0)).isEqualTo(0x2000);
        assertThat(chain.lengthBits(0)).isEqualTo(5);
    }

    @Test
    void writableBytesAreThoseOfTheWritablePartsOnly() {
        BufferChain chain =
                new BufferChain(3).addReadable(0, 100).addWritable(0, 20).addWritable(0, 3);

        assertThat(chain.writableBytes()).isEqualTo(23);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE})
    void aPartOfNoBytesOrMoreThanADescriptorCanSayIsRefused(long lengthBytes) {
        BufferChain chain = new BufferChain(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> chain.addReadable(0, lengthBytes))
                .withMessageContaining("not " + lengthBytes);
        assertThatIllegalArgumentException().isThrownBy(() -> chain.addWritable(0, lengthBytes));
        assertThat(chain.count()).isZero();
    }

    @Test
    @Clause("SPLIT-DRV-CHAIN-BYTES")
    void aChainCarriesUpToFourGigabytesAndNotAByteMore() {
        BufferChain chain = new BufferChain(3).addReadable(0, (1L << 32) - 1).addWritable(0, 1);

        assertThatIllegalStateException()
                .isThrownBy(() -> chain.addWritable(0, 1))
                .withMessageContaining("4294967296 bytes");
    }

    @Test
    void aFullChainTakesNoMore() {
        BufferChain chain = new BufferChain(1).addReadable(0, 1);

        assertThatIllegalStateException().isThrownBy(() -> chain.addWritable(0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BufferChain(0))
                .withMessageContaining("not 0");
    }

    @Test
    void aBufferIsAPartAsAWhole() {
        DmaBuffer buffer = QueuePair.split(4).buffer(48);

        BufferChain chain = new BufferChain(2).addReadable(buffer).addWritable(buffer);

        assertThat(chain.address(0)).isEqualTo(buffer.guestAddress());
        assertThat(chain.address(1)).isEqualTo(buffer.guestAddress());
        assertThat(chain.lengthBits(0)).isEqualTo(48);
        assertThat(chain.writableBytes()).isEqualTo(48);
    }

    /** The driver cuts nothing: a part of any length is one descriptor. */
    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("SPLIT-DRV-FEW-DESCS")
    void aPartIsOneDescriptorHoweverLongItIs(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);

        pair.driver.offer(new BufferChain(2).addReadable(0, (1L << 32) - 2).addWritable(0, 1), 1);

        assertThat(pair.driver.freeDescriptors()).isEqualTo(2);
    }

    /** The queue copies what it needs while it takes a chain. */
    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aChainMayBeFilledAgainAsSoonAsItWasAdded(RingFormat format) {
        QueuePair pair = QueuePair.of(format, 4);
        BufferChain chain = new BufferChain(1).addWritable(QueuePair.GUEST_BASE, 5);
        pair.driver.add(chain, 1);
        chain.clear().addReadable(QueuePair.GUEST_BASE, 9);
        pair.driver.publish();

        assertThat(pair.device.chain(pair.device.next()).writableBytes()).isEqualTo(5);
    }
}
