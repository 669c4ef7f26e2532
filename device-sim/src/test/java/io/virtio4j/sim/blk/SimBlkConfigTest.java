// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block device offers and says of itself before a driver has begun. */
final class SimBlkConfigTest {
    private static final int ZONED = 17;
    private static final int LENGTH = 64 * 512;

    private static SimBlk device(SimBlkOptions options) {
        return new SimBlk(new MemoryBlockStore(LENGTH), options, error -> {});
    }

    private static ByteBuffer config(SimBlk device) {
        byte[] bytes = new byte[device.config().lengthBytes()];
        device.config().read(0, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void itIsABlockDeviceWithOneQueue() {
        SimBlk device = device(SimBlkOptions.DEFAULTS);
        assertThat(device.deviceId()).isEqualTo(DeviceId.BLOCK).isEqualTo(2);
        assertThat(device.queueCount()).isEqualTo(1);
        assertThat(device.maxQueueSize(0)).isEqualTo(256);
    }

    @Test
    @Clause({"BLK-DEV-OFFER-FLUSH", "BLK-DEV-NO-ZONED-IF-PLAIN", "BLK-DEV-LIFETIME-NO-OFFER"})
    void theDefaultOfferHasFlushAndNothingThatTheDeviceCannotDo() {
        assertThat(device(SimBlkOptions.DEFAULTS).offeredFeatures())
                .isEqualTo(Features.of(BlkFeatureBits.SEG_MAX, BlkFeatureBits.BLK_SIZE, BlkFeatureBits.FLUSH))
                .matches(features -> !features.has(ZONED))
                .matches(features -> !features.has(BlkFeatureBits.LIFETIME));
    }

    @Test
    @Clause({"BLK-CFG-CAPACITY", "BLK-DEV-CFG-PADDING-ZERO", "CORE-DEV-CFG-READABLE-EARLY", "CORE-DEV-CFG-LITTLE-ENDIAN"
    })
    void capacityIsThereWhateverIsOfferedAndFieldsOfOtherFeaturesAreZero() {
        SimBlk device = device(SimBlkOptions.DEFAULTS
                .withLimits(0, 0)
                .withBlocks(0, BlkTopology.NONE)
                .withFlush(false));
        assertThat(device.offeredFeatures()).isEqualTo(Features.NONE);
        ByteBuffer config = config(device);
        assertThat(config.getLong(BlkConfigLayout.CAPACITY)).isEqualTo(64);
        for (int i = Long.BYTES; i < BlkConfigLayout.LENGTH_BYTES; i++) {
            assertThat(config.get(i)).as("byte %d", i).isZero();
        }
    }

    @Test
    @Clause({"BLK-CFG-CAPACITY", "BLK-DEV-CFG-PADDING-ZERO"})
    void everyFieldLiesWhereTheLayoutSays() {
        SimBlk device = device(SimBlkOptions.DEFAULTS
                .withLimits(7, 8192)
                .withBlocks(4096, new BlkTopology(3, 2, 0x1234, 0x12345678))
                .withReadOnly(true));
        assertThat(device.offeredFeatures())
                .isEqualTo(Features.of(
                        BlkFeatureBits.SIZE_MAX,
                        BlkFeatureBits.SEG_MAX,
                        BlkFeatureBits.RO,
                        BlkFeatureBits.BLK_SIZE,
                        BlkFeatureBits.FLUSH,
                        BlkFeatureBits.TOPOLOGY));
        ByteBuffer config = config(device);
        assertThat(config.capacity()).isEqualTo(72);
        assertThat(config.getLong(0)).isEqualTo(64);
        assertThat(config.getInt(8)).isEqualTo(8192);
        assertThat(config.getInt(12)).isEqualTo(7);
        assertThat(config.getInt(16)).isZero();
        assertThat(config.getInt(20)).isEqualTo(4096);
        assertThat(config.get(24)).isEqualTo((byte) 3);
        assertThat(config.get(25)).isEqualTo((byte) 2);
        assertThat(config.getShort(26)).isEqualTo((short) 0x1234);
        assertThat(config.getInt(28)).isEqualTo(0x12345678);
        for (int i = 32; i < 72; i++) {
            assertThat(config.get(i)).as("byte %d", i).isZero();
        }
    }

    @Test
    @Clause("BLK-SECTOR-512")
    void sectorsStay512BytesWhateverTheBlockSize() {
        SimBlk device =
                device(SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withBlocks(4096, BlkTopology.NONE));
        BlkRig rig = new BlkRig(device);
        byte[] data = BlkRig.pattern(512, 1);
        assertThat(rig.request(BlkRequestType.OUT, 9, data, 0).status()).isEqualTo(BlkStatus.OK);
        Answer answer = rig.request(BlkRequestType.IN, 8, new byte[0], 1024);
        assertThat(answer.data()).startsWith(new byte[512]).endsWith(data);
    }

    @Test
    void aStoreThatIsReadOnlyMakesTheDeviceSo() {
        assertThat(new SimBlk(new ReadOnly(), SimBlkOptions.DEFAULTS, error -> {}).offeredFeatures())
                .matches(features -> features.has(BlkFeatureBits.RO));
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        SimBlkOptions defaults = SimBlkOptions.DEFAULTS;
        assertThatThrownBy(() -> defaults.withId("twenty-one-characters"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twenty-one-characters");
        assertThatThrownBy(() -> defaults.withId("\u00e9")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.withQueueSize(100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.withQueueSize(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.withLimits(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlkTopology(256, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 256, 511, 513, 1000})
    void aBlockSizeIsAPowerOfTwoOf512OrMore(int blockSizeBytes) {
        assertThatThrownBy(() -> SimBlkOptions.DEFAULTS.withBlocks(blockSizeBytes, BlkTopology.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(blockSizeBytes));
    }

    @Test
    void aStoreOfNoWholeBlocksIsRefused() {
        assertThatThrownBy(() -> new SimBlk(
                        new MemoryBlockStore(512 * 3),
                        SimBlkOptions.DEFAULTS.withBlocks(4096, BlkTopology.NONE),
                        e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1536");
    }

    private static final class ReadOnly implements BlockStore {
        @Override
        public long lengthBytes() {
            return LENGTH;
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public void submit(BlockRequest request) {
            request.complete();
        }

        @Override
        public void close() {}
    }
}
