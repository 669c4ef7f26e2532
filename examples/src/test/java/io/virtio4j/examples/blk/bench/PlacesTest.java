// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Where the requests of a job go. */
final class PlacesTest {
    private static final int BLOCK_BYTES = 4096;

    private static Workload workload(Pattern pattern, int readPercent, int jobs, long blocks) {
        return new Workload(pattern, readPercent, BLOCK_BYTES, jobs, blocks * BLOCK_BYTES, 7);
    }

    private static long[] offsets(Places places, int count) {
        return LongStream.generate(() -> {
                    places.next();
                    return places.offsetBytes();
                })
                .limit(count)
                .toArray();
    }

    @Property
    void everyPlaceIsAWholeBlockOfTheArea(
            @ForAll Pattern pattern,
            @ForAll @IntRange(min = 1, max = 1_000) int blocks,
            @ForAll @IntRange(min = 1, max = 8) int jobs) {
        for (int job = 0; job < jobs; job++) {
            long[] offsets = offsets(new Places(workload(pattern, 50, jobs, blocks), job), 100);
            assertThat(LongStream.of(offsets).boxed())
                    .allMatch(offset -> offset >= 0 && offset % BLOCK_BYTES == 0 && offset / BLOCK_BYTES < blocks);
        }
    }

    @Property
    void oneAfterTheOtherEveryBlockHasItsTurn(
            @ForAll @IntRange(min = 1, max = 300) int blocks, @ForAll @IntRange(min = 0, max = 3) int job) {
        long[] offsets = offsets(new Places(workload(Pattern.READ, 50, 4, blocks), job), 2 * blocks);
        assertThat(Arrays.copyOf(offsets, blocks))
                .containsExactlyInAnyOrder(LongStream.range(0, blocks)
                        .map(block -> block * BLOCK_BYTES)
                        .toArray());
        assertThat(Arrays.copyOfRange(offsets, blocks, 2 * blocks)).isEqualTo(Arrays.copyOf(offsets, blocks));
    }

    @Test
    void jobsBeginAtEqualDistances() {
        for (int job = 0; job < 4; job++) {
            assertThat(offsets(new Places(workload(Pattern.WRITE, 50, 4, 100), job), 2))
                    .containsExactly(job * 25L * BLOCK_BYTES, (job * 25L + 1) * BLOCK_BYTES);
        }
    }

    @Test
    void jobsDrawOtherNumbersAndTheSameSeedTheSame() {
        Workload workload = workload(Pattern.RANDREAD, 50, 2, 1 << 20);
        assertThat(offsets(new Places(workload, 0), 50)).isEqualTo(offsets(new Places(workload, 0), 50));
        assertThat(offsets(new Places(workload, 1), 50)).isNotEqualTo(offsets(new Places(workload, 0), 50));
    }

    private static long reads(Pattern pattern, int readPercent, int count) {
        Places places = new Places(workload(pattern, readPercent, 1, 10), 0);
        long reads = 0;
        for (int i = 0; i < count; i++) {
            places.next();
            reads += places.isRead() ? 1 : 0;
        }
        return reads;
    }

    @Test
    void aPatternReadsAndWritesWhatItsNameSays() {
        for (Pattern pattern : new Pattern[] {Pattern.READ, Pattern.RANDREAD}) {
            assertThat(reads(pattern, 0, 1_000)).isEqualTo(1_000);
        }
        for (Pattern pattern : new Pattern[] {Pattern.WRITE, Pattern.RANDWRITE}) {
            assertThat(reads(pattern, 100, 1_000)).isZero();
        }
        for (Pattern pattern : new Pattern[] {Pattern.RW, Pattern.RANDRW}) {
            assertThat(reads(pattern, 0, 1_000)).isZero();
            assertThat(reads(pattern, 100, 1_000)).isEqualTo(1_000);
            // The seed is fixed, so this is no matter of luck.
            assertThat(reads(pattern, 70, 10_000)).isBetween(6_800L, 7_200L);
        }
    }
}
