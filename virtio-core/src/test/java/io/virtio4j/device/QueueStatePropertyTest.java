// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A device's queue that is stopped, written out, read back and resumed at random moments; its driver notices nothing. */
class QueueStatePropertyTest {
    private static final int STEPS = 300;

    @Provide
    Arbitrary<Features> rings() {
        Arbitrary<Boolean> bit = Arbitraries.of(true, false);
        return Combinators.combine(bit, bit, bit, bit).as((packed, indirect, eventIdx, inOrder) -> {
            Features features = QueuePair.features(packed ? RingFormat.PACKED : RingFormat.SPLIT);
            features = indirect ? features.with(FeatureBits.INDIRECT_DESC) : features;
            features = eventIdx ? features.with(FeatureBits.EVENT_IDX) : features;
            return inOrder ? features.with(FeatureBits.IN_ORDER) : features;
        });
    }

    /** Positions from which a run soon wraps: of the ring, and of 16 bits. */
    @Provide
    Arbitrary<Integer> starts() {
        return Arbitraries.of(0, 5, 65_530);
    }

    @Property(tries = 200)
    void everyRequestComesBackOnceWithItsOwnBytes(
            @ForAll("rings") Features features, @ForAll("starts") int start, @ForAll long seed) {
        int size = features.has(FeatureBits.RING_PACKED) ? 7 : 8;
        int tableEntries = features.has(FeatureBits.INDIRECT_DESC) ? 3 : 0;
        QueuePair pair = QueuePair.of(size, features, tableEntries).runTo(start);
        ResumingPair run = new ResumingPair(pair);
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> run.offer(1 + random.nextInt(3));
                case 3, 4 -> run.take();
                case 5, 6 -> run.complete(random);
                case 7 -> run.flush();
                case 8 -> run.poll();
                default -> run.stopAndResume();
            }
        }
        run.finish();
        assertThat(pair.driverErrors).isEmpty();
        assertThat(pair.deviceErrors).isEmpty();
        assertThat(pair.driver.inFlight()).isZero();
        assertThat(pair.driver.freeDescriptors()).isEqualTo(size);
    }
}
