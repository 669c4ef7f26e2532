// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Where a driver that negotiated IN_ORDER puts its descriptors. VirtIO 1.2, 2.7.5 and 2.7.9. */
class SplitInOrderTest {
    private static final int SIZE = 8;
    private static final int NEXT = 1;

    @Property(tries = 200)
    @Clause({"SPLIT-DRV-INORDER-SLOTS", "SPLIT-DRV-INORDER-NEXT"})
    void descriptorsAreTakenInRingOrderAcrossTheLastSlot(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = SIZE) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 3) int inFlight) {
        QueuePair pair = QueuePair.of(RingFormat.SPLIT, SIZE, FeatureBits.IN_ORDER);
        int slot = 0;
        for (int length : lengths) {
            while (pair.driver.freeDescriptors() < length || pair.driver.inFlight() > inFlight) {
                assertThat(pair.use(0)).isNotNegative();
                pair.poll();
            }
            assertThat(pair.driver.offer(pair.parts(length), 0)).isEqualTo(slot);
            for (int part = 0; part < length; part++) {
                boolean last = part == length - 1;
                assertThat(pair.rawSplit().descriptorFlags(slot)).isEqualTo(last ? 0 : NEXT);
                if (!last) {
                    assertThat(pair.rawSplit().descriptorNext(slot)).isEqualTo(slot == SIZE - 1 ? 0 : slot + 1);
                }
                slot = (slot + 1) % SIZE;
            }
        }
    }

    @Test
    @Clause({"SPLIT-DRV-INORDER-SLOTS", "SPLIT-DRV-INORDER-INDIRECT-SEQ"})
    void theDescriptorsThatReferToTablesAreTakenInRingOrderToo() {
        QueuePair pair = QueuePair.of(
                SIZE, QueuePair.features(RingFormat.SPLIT, FeatureBits.IN_ORDER, FeatureBits.INDIRECT_DESC), 4);
        for (int i = 0; i < 3 * SIZE; i++) {
            assertThat(pair.driver.offer(pair.parts(2 + i % 3), i)).isEqualTo(i % SIZE);
            pair.useAll();
            pair.poll();
        }
    }
}
