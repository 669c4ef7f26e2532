// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device that allows shorter lists than its queue has descriptors says so in {@code seg_max}, and the driver obeys. */
final class BlkListLimitTest {
    private static final int SEG_MAX = 4;
    private static final int QUEUE_SIZE = 64;
    private static final int SECTOR_BYTES = 512;

    private final List<Integer> segments = new CopyOnWriteArrayList<>();

    /** Counts the data segments of each request, in the order in which they come. */
    private final class CountingStore implements BlockStore {
        private final MemoryBlockStore memory = new MemoryBlockStore(1 << 16);

        @Override
        public long lengthBytes() {
            return memory.lengthBytes();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request) {
            segments.add(request.pieces());
            memory.submit(request);
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    @Clause({"PACKED-DRV-LIST-LE-DEVICE-LIMIT", "PACKED-DRV-INDIRECT-LE-LIMIT"})
    void asManySegmentsAsTheDeviceAllowsGoIntoOneListAndOneMoreDoesNot(boolean packed, boolean indirect) {
        Features ring = DriverSpec.RING_FEATURES;
        ring = packed ? ring : ring.without(FeatureBits.RING_PACKED);
        ring = indirect ? ring : ring.without(FeatureBits.INDIRECT_DESC);
        SimBlkOptions options = SimBlkOptions.DEFAULTS.withQueueSize(QUEUE_SIZE).withLimits(SEG_MAX, 0);
        try (Rig rig = new Rig(new SimBlk(new CountingStore(), options, Rig::fail));
                BlkDevice device = rig.open(rig.options().withRingFeatures(ring).withQueueSize(QUEUE_SIZE))) {
            assertThat(device.features().has(FeatureBits.RING_PACKED)).isEqualTo(packed);
            assertThat(device.features().has(FeatureBits.INDIRECT_DESC)).isEqualTo(indirect);

            device.read(0, parts(rig, SEG_MAX));
            device.read(0, parts(rig, SEG_MAX + 1));
        }

        assertThat(segments).containsExactly(SEG_MAX, SEG_MAX, 1);
    }

    /** So many sectors, none of which touches another in memory. */
    private static BlkData parts(Rig rig, int count) {
        BlkData data = new BlkData();
        for (int i = 0; i < count; i++) {
            data.add(rig.buffer(2 * SECTOR_BYTES), 0, SECTOR_BYTES);
        }
        return data;
    }
}
