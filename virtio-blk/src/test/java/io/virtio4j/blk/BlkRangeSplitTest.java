// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.blk.ScriptedBlk.Segment;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkStatus;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the limits and the ranges, the segments cover what was asked for, each sector once, in order. */
final class BlkRangeSplitTest {
    private static final int SECTORS = ScriptedBlk.CAPACITY_SECTORS;

    @Property(tries = 40)
    @Clause({
        "BLK-DRV-RANGE-DATA-SIZE",
        "BLK-DRV-DISCARD-SEGS",
        "BLK-DRV-WZEROES-SEGS",
        "BLK-DRV-SECERASE-SEGS",
        "BLK-DRV-DISCARD-NO-UNMAP"
    })
    void segmentsCoverTheRangesWithinTheLimits(
            @ForAll @IntRange(min = 1, max = 1200) int maxSectors,
            @ForAll @IntRange(min = 1, max = 20) int maxSegments,
            @ForAll @IntRange(min = 0, max = 300) int alignment,
            @ForAll @IntRange(min = 0, max = 2) int which,
            @ForAll boolean narrow,
            @ForAll long seed) {
        BlkOperation operation = List.of(BlkOperation.DISCARD, BlkOperation.WRITE_ZEROES, BlkOperation.SECURE_ERASE)
                .get(which);
        ScriptedBlk scripted = BlkRangeTest.device(maxSectors, maxSegments, request -> BlkStatus.OK)
                .with(BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT, alignment)
                .with(BlkConfigLayout.SECURE_ERASE_SECTOR_ALIGNMENT, alignment);
        boolean[] asked = new boolean[SECTORS];
        // A small queue: requests of one call wait for each other.
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options().withQueueSize(narrow ? 4 : 64))) {
            BlkRangeTest.run(disk, operation, ranges(new Random(seed), asked));
            assertThat(rig.driverErrors).isEmpty();
        }
        boolean[] covered = new boolean[SECTORS];
        long next = 0;
        for (List<Segment> segments : scripted.segments) {
            assertThat(segments).hasSizeBetween(1, Math.min(maxSegments, RequestSlots.MAX_SEGMENTS));
            for (Segment segment : segments) {
                assertThat(segment.flags()).isZero();
                assertThat(segment.sectors()).isBetween(1L, (long) maxSectors);
                assertThat(segment.sector()).isGreaterThanOrEqualTo(next);
                next = segment.sector() + segment.sectors();
                for (long sector = segment.sector(); sector < next; sector++) {
                    covered[(int) sector] = true;
                }
            }
        }
        assertThat(covered).isEqualTo(asked);
        assertThat(scripted.seen).allMatch(request -> request.sector() == 0 && request.readableBytes() % 16 == 0);
    }

    private static BlkRanges ranges(Random random, boolean[] asked) {
        BlkRanges ranges = new BlkRanges();
        int at = 0;
        while (at < SECTORS) {
            int length = 1 + random.nextInt(random.nextBoolean() ? 3 : SECTORS - at);
            length = Math.min(length, SECTORS - at);
            ranges.add(at, length);
            for (int sector = at; sector < at + length; sector++) {
                asked[sector] = true;
            }
            at += length + 1 + random.nextInt(100);
        }
        return ranges;
    }
}
