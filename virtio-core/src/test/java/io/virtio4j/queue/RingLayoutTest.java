// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, offsets and alignments of the parts of a ring, against the specification's numbers. */
class RingLayoutTest {

    @ParameterizedTest
    @CsvSource({
        "1, 16, 8, 14",
        "2, 32, 10, 22",
        "4, 64, 14, 38",
        "8, 128, 22, 70",
        "16, 256, 38, 134",
        "32, 512, 70, 262",
        "64, 1024, 134, 518",
        "128, 2048, 262, 1030",
        "256, 4096, 518, 2054",
        "512, 8192, 1030, 4102",
        "1024, 16384, 2054, 8198",
        "2048, 32768, 4102, 16390",
        "4096, 65536, 8198, 32774",
        "8192, 131072, 16390, 65542",
        "16384, 262144, 32774, 131078",
        "32768, 524288, 65542, 262150"
    })
    @Clause("SPLIT-LAYOUT-SIZES")
    void splitPartsHoldTheirEventFieldsWithOrWithoutEventIndex(int size, int table, int avail, int used) {
        assertThat(RingFormat.SPLIT.descriptorAreaBytes(size)).isEqualTo(table);
        assertThat(RingFormat.SPLIT.driverAreaBytes(size)).isEqualTo(avail);
        assertThat(RingFormat.SPLIT.deviceAreaBytes(size)).isEqualTo(used);
        // The event field is the last 2 bytes of its part.
        assertThat(SplitLayout.usedEvent(size)).isEqualTo(avail - 2);
        assertThat(SplitLayout.availEvent(size)).isEqualTo(used - 2);
    }

    @ParameterizedTest
    @CsvSource({"1, 16", "3, 48", "100, 1600", "32767, 524272", "32768, 524288"})
    @Clause("PACKED-LAYOUT-SIZES")
    void packedPartsAreARingAndTwoFourByteStructures(int size, int ring) {
        assertThat(RingFormat.PACKED.descriptorAreaBytes(size)).isEqualTo(ring);
        assertThat(RingFormat.PACKED.driverAreaBytes(size)).isEqualTo(4);
        assertThat(RingFormat.PACKED.deviceAreaBytes(size)).isEqualTo(4);
    }

    @Test
    @Clause({"SPLIT-LAYOUT-SIZES", "PACKED-DRV-ALIGN"})
    void alignmentsAreTheSpecifications() {
        assertThat(SplitLayout.DESC_ALIGN).isEqualTo(16);
        assertThat(SplitLayout.AVAIL_ALIGN).isEqualTo(2);
        assertThat(SplitLayout.USED_ALIGN).isEqualTo(4);
        assertThat(PackedLayout.DESC_ALIGN).isEqualTo(16);
        assertThat(PackedLayout.EVENT_ALIGN).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 1024, 32768})
    @Clause("SPLIT-QSIZE-POW2")
    void aPowerOfTwoIsASplitQueuesSize(int size) {
        assertThat(RingFormat.SPLIT.requireQueueSize(size)).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 6, 1023, 32767, 32769, 65536, Integer.MAX_VALUE})
    @Clause("SPLIT-QSIZE-POW2")
    void anyOtherSizeOfASplitQueueIsRefused(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingFormat.SPLIT.requireQueueSize(size))
                .withMessageContaining("power of two")
                .withMessageContaining("not " + size);
    }

    @Test
    @Clause("PACKED-LAYOUT-SIZES")
    void everySizeUpTo32768IsAPackedQueues() {
        for (int size = 1; size <= 32768; size++) {
            assertThat(RingFormat.PACKED.requireQueueSize(size)).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 32769, 65536, Integer.MAX_VALUE})
    @Clause("PACKED-LAYOUT-SIZES")
    void anyOtherSizeOfAPackedQueueIsRefused(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingFormat.PACKED.requireQueueSize(size))
                .withMessageContaining("not " + size);
    }

    @Test
    void theFeatureBitSelectsTheFormat() {
        assertThat(RingFormat.of(Features.of(FeatureBits.VERSION_1))).isEqualTo(RingFormat.SPLIT);
        assertThat(RingFormat.of(Features.of(FeatureBits.VERSION_1, FeatureBits.RING_PACKED)))
                .isEqualTo(RingFormat.PACKED);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 65536, Integer.MAX_VALUE})
    @Clause("CORE-DEV-VQ-INDEX-RANGE")
    void aQueuesIndexHasSixteenBits(int index) {
        QueueAddresses anywhere = new QueueAddresses(0, 0, 0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueConfig(index, 4, Features.NONE, anywhere))
                .withMessageContaining("65535")
                .withMessageContaining("not " + index);
        assertThat(new QueueConfig(65535, 4, Features.NONE, anywhere).index()).isEqualTo(65535);
        assertThat(new QueueConfig(0, 4, Features.NONE, anywhere).index()).isZero();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aConfigurationChecksTheSizeByItsFormat(RingFormat format) {
        QueueAddresses anywhere = new QueueAddresses(0, 0, 0);
        Features features = QueuePair.features(format);

        assertThatIllegalArgumentException().isThrownBy(() -> new QueueConfig(0, 0, features, anywhere));
        if (format == RingFormat.SPLIT) {
            assertThatIllegalArgumentException().isThrownBy(() -> new QueueConfig(0, 5, features, anywhere));
        } else {
            assertThat(new QueueConfig(0, 5, features, anywhere).size()).isEqualTo(5);
        }
    }

    @Test
    void aConfigurationSaysWhatItsFeaturesMean() {
        QueueAddresses anywhere = new QueueAddresses(0, 0, 0);
        QueueConfig none = new QueueConfig(0, 4, Features.NONE, anywhere);

        assertThat(none.format()).isEqualTo(RingFormat.SPLIT);
        assertThat(none.eventIdx()).isFalse();
        assertThat(none.indirect()).isFalse();
        assertThat(none.inOrder()).isFalse();
        assertThat(new QueueConfig(0, 4, Features.of(FeatureBits.EVENT_IDX), anywhere).eventIdx())
                .isTrue();
        assertThat(new QueueConfig(0, 4, Features.of(FeatureBits.INDIRECT_DESC), anywhere).indirect())
                .isTrue();
        assertThat(new QueueConfig(0, 4, Features.of(FeatureBits.IN_ORDER), anywhere).inOrder())
                .isTrue();
    }
}
