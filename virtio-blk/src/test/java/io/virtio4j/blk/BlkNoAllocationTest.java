// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once it is warm the driver allocates nothing for a request, whichever and however it is asked for. */
final class BlkNoAllocationTest {
    private static final int ROUNDS = 500;
    private static final int BATCH = 8;

    /** The JVM itself allocates a few hundred bytes now and then while it links and compiles; our code would each time. */
    private static final int REPEATS = 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final BlkData data = new BlkData();
    private final BlkRanges ranges = new BlkRanges();
    private long done;
    private long failed;
    private final BlkHandler handler = (token, status) -> {
        done++;
        failed += status == BlkStatus.OK ? 0 : 1;
    };

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void readsWritesFlushesAndRangesAllocateNothing(boolean packed, boolean cut) {
        Features offered = Features.of(
                BlkFeatureBits.FLUSH,
                BlkFeatureBits.SIZE_MAX,
                BlkFeatureBits.SEG_MAX,
                BlkFeatureBits.DISCARD,
                BlkFeatureBits.WRITE_ZEROES);
        QuietBlk quiet = new QuietBlk(offered, cut ? 512 : 1 << 20);
        Features ring = packed ? DriverSpec.RING_FEATURES : DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED);
        try (Rig rig = new Rig(quiet);
                BlkDevice disk = rig.open(rig.options().withRingFeatures(ring))) {
            DmaBuffer buffer = rig.buffer(4096);
            long least = Long.MAX_VALUE;
            for (int repeat = 0; repeat < REPEATS && least != 0; repeat++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                rounds(disk, buffer);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes in %d rounds", ROUNDS).isZero();
            assertThat(done % (ROUNDS * (BATCH + 3L))).isZero();
            assertThat(done).isPositive();
            assertThat(failed).isZero();
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    private void rounds(BlkDevice disk, DmaBuffer buffer) {
        for (int round = 0; round < ROUNDS; round++) {
            disk.read(round % 100, data.clear().add(buffer, 0, 1024));
            disk.write(round % 100, data.clear().add(buffer, 0, 512).add(buffer, 1024, 2048));
            disk.flush();
            disk.discard(ranges.clear().add(round % 100, 300).add(500, 3));
            for (int i = 0; i < BATCH; i++) {
                data.clear().add(buffer, 0, 1024);
                submitted((i & 1) == 0 ? disk.submitRead(i, data, i) : disk.submitWrite(i, data, i));
            }
            submitted(disk.submitFlush(BATCH));
            submitted(disk.submitDiscard(ranges.clear().add(1, 2), BATCH));
            submitted(disk.submitWriteZeroes(ranges.clear().add(1, 999), true, BATCH));
            long target = done + BATCH + 3;
            while (done < target) {
                disk.await(handler);
            }
        }
    }

    private void submitted(int outcome) {
        if (outcome != BlkRequests.SUBMITTED) {
            failed++;
        }
    }
}
