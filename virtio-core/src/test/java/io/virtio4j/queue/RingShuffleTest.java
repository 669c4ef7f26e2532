// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A device may use its chains in any order. */
class RingShuffleTest {

    @Property(tries = 200)
    @Clause({"CORE-DRV-OUT-OF-ORDER", "PACKED-DRV-SKIP-BY-LIST"})
    void everyTokenComesBackOnceWithItsOwnResultHoweverTheDeviceShuffles(
            @ForAll RingFormat format,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 1, max = 5) Integer> partCounts,
            @ForAll long seed) {
        QueuePair shuffled = QueuePair.of(format, 16);
        Random random = new Random(seed);
        List<Integer> taken = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        List<Long> returned = new ArrayList<>();
        for (int parts : partCounts) {
            BufferChain chain = new BufferChain(parts);
            for (int i = 0; i < parts; i++) {
                chain.addWritable(QueuePair.GUEST_BASE, 1000);
            }
            long token = expected.size();
            while (shuffled.driver.offer(chain, token) == DriverQueue.FULL) {
                takeAll(shuffled, taken);
                Collections.shuffle(taken, random);
                for (int id : taken.subList(0, (taken.size() + 1) / 2)) {
                    shuffled.device.complete(id, shuffled.device.chain(id).writableBytes() / 1000);
                }
                taken.subList(0, (taken.size() + 1) / 2).clear();
                shuffled.device.publish();
                collect(shuffled, partCounts, returned);
            }
            expected.add(token);
        }
        takeAll(shuffled, taken);
        for (int id : taken) {
            shuffled.device.complete(id, shuffled.device.chain(id).writableBytes() / 1000);
        }
        shuffled.device.publish();
        collect(shuffled, partCounts, returned);

        assertThat(returned).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(shuffled.driver.freeDescriptors()).isEqualTo(16);
    }

    private static void takeAll(QueuePair pair, List<Integer> taken) {
        int id;
        while ((id = pair.device.next()) >= 0) {
            taken.add(id);
        }
    }

    private static void collect(QueuePair pair, List<Integer> partCounts, List<Long> returned) {
        for (Used used : pair.poll()) {
            assertThat(used.writtenBytes()).isEqualTo((long) partCounts.get((int) used.token()));
            returned.add(used.token());
        }
    }
}
