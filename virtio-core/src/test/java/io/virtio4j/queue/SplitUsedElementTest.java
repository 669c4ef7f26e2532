// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;

/** The bytes of a used element. */
class SplitUsedElementTest {
    private final QueuePair pair = QueuePair.split(8);

    @Test
    @Clause("SPLIT-DEV-USED-ELEM")
    void aUsedElementCarriesTheHeadAndTheWrittenBytes() {
        pair.driver.offer(pair.parts(3), 0);
        int head = pair.driver.offer(
                new BufferChain(2).addReadable(pair.buffer(10)).addWritable(pair.buffer(50)), 0);
        pair.device.next();
        pair.use(17);

        assertThat(pair.rawSplit().usedId(0)).isEqualTo(head);
        assertThat(pair.rawSplit().usedLength(0)).isEqualTo(17);
    }
}
