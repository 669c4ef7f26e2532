// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;

/** The longest chain: 2^32 bytes in the 32768 descriptors of the largest queue. */
class ChainLengthTest {
    private static final int SIZE = 32768;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final long PART_BYTES = (1L << 32) / SIZE;

    private final QueuePair pair = QueuePair.split(SIZE);

    private void makeAvailable(long lastPartBytes) {
        for (int slot = 0; slot < SIZE; slot++) {
            boolean last = slot == SIZE - 1;
            long lengthBytes = last ? lastPartBytes : PART_BYTES;
            pair.rawSplit().descriptor(slot, QueuePair.GUEST_BASE, lengthBytes, last ? WRITE : WRITE | NEXT, slot + 1);
        }
        pair.rawSplit().makeAvailable(0);
    }

    @Test
    void aChainOfFourGigabytesIsTaken() {
        makeAvailable(PART_BYTES);

        assertThat(pair.device.chain(pair.device.next()).writableBytes()).isEqualTo(1L << 32);
    }

    @Test
    void ofFourGigabytesWrittenAllButOneByteIsPromised() {
        makeAvailable(PART_BYTES);
        int handle = pair.device.next();

        pair.device.complete(handle, 1L << 32);

        assertThat(Integer.toUnsignedLong(pair.rawSplit().usedLength(0))).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    @Clause("SPLIT-DRV-CHAIN-BYTES")
    void aByteMoreBreaksTheQueue() {
        makeAvailable(PART_BYTES + 1);

        assertThat(pair.device.next()).isEqualTo(DeviceQueue.BROKEN);

        assertThat(pair.deviceErrors.get(0)).hasMessageContaining("2^32");
    }
}
