// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block device offers and says of itself before a driver has begun. */
final class SimBlkConfigTest {
    private static final Features RANGES =
            Features.of(BlkFeatureBits.DISCARD, BlkFeatureBits.WRITE_ZEROES, BlkFeatureBits.SECURE_ERASE);
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
    void theDefaultOfferHasFlushAndNothingThatTheStoreCannotDo() {
        assertThat(new SimBlk(new PlainStore(LENGTH), SimBlkOptions.DEFAULTS, error -> {}).offeredFeatures())
                .isEqualTo(Features.of(
                        BlkFeatureBits.SEG_MAX,
                        BlkFeatureBits.BLK_SIZE,
                        BlkFeatureBits.FLUSH,
                        BlkFeatureBits.CONFIG_WCE))
                .matches(features -> !features.has(BlkFeatureBits.ZONED))
                .matches(features -> !features.has(BlkFeatureBits.LIFETIME));
    }

    @ParameterizedTest
    @CsvSource({"DISCARD, 13", "WRITE_ZEROES, 14", "SECURE_ERASE, 16"})
    void whatTheStoreCanDoIsOfferedUnlessTheDeviceIsReadOnly(BlockOp op, int bit) {
        PlainStore store = new PlainStore(LENGTH);
        store.more.add(op);
        Features offered = new SimBlk(store, SimBlkOptions.DEFAULTS, error -> {}).offeredFeatures();
        assertThat(offered.and(RANGES)).isEqualTo(Features.of(bit));
        assertThat(new SimBlk(store, SimBlkOptions.DEFAULTS.withReadOnly(true), error -> {})
                        .offeredFeatures()
                        .and(RANGES))
                .isEqualTo(Features.NONE);
    }

    @Test
    @Clause("BLK-DEV-OFFER-FLUSH-WITH-WCE")
    void whoeverOffersToSwitchTheCacheOffersToFlushIt() {
        SimBlkOptions defaults = SimBlkOptions.DEFAULTS;
        for (SimBlkOptions options : List.of(
                defaults,
                defaults.withFlush(false),
                defaults.withFlush(false).withConfigWce(true),
                defaults.withConfigWce(true).withFlush(false))) {
            Features offered = device(options).offeredFeatures();
            assertThat(offered.has(BlkFeatureBits.FLUSH)).isEqualTo(options.flush());
            assertThat(offered.has(BlkFeatureBits.CONFIG_WCE)).isEqualTo(options.configWce());
            assertThat(options.flush() || !options.configWce()).isTrue();
        }
        assertThatThrownBy(() -> new SimBlkOptions(
                        "", false, false, true, BlkLimits.DEFAULTS, BlkShape.DEFAULTS, BlkRanges.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLUSH");
    }

    @Test
    @Clause({"BLK-CFG-CAPACITY", "BLK-DEV-CFG-PADDING-ZERO", "CORE-DEV-CFG-READABLE-EARLY", "CORE-DEV-CFG-LITTLE-ENDIAN"
    })
    void capacityIsThereWhateverIsOfferedAndFieldsOfOtherFeaturesAreZero() {
        SimBlk device = new SimBlk(
                new PlainStore(LENGTH),
                SimBlkOptions.DEFAULTS
                        .withLimits(0, 0)
                        .withBlocks(0, BlkTopology.NONE)
                        .withFlush(false),
                error -> {});
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
        PlainStore store = new PlainStore(LENGTH);
        store.more.addAll(EnumSet.allOf(BlockOp.class));
        store.unmapsZeroes = true;
        store.lifetime = () -> Optional.of(new BlockLifetime(1, 2, 3));
        SimBlkOptions options = SimBlkOptions.DEFAULTS
                .withLimits(7, 8192)
                .withBlocks(4096, new BlkTopology(3, 2, 0x1234, 0x12345678))
                .withGeometry(new BlkGeometry(0x4321, 16, 63))
                .withQueues(0x102)
                .withRanges(new BlkRanges(
                        new BlkRangeLimits(0x11223344, 0x5566, 0x778899),
                        new BlkRangeLimits(0x22334455, 0x6677, 1),
                        new BlkRangeLimits(0x33445566, 0x7788, 0x99AABB)));
        SimBlk device = new SimBlk(store, options, error -> {});

        Features offered = device.offeredFeatures();

        assertThat(offered).isEqualTo(Features.of(1, 2, 4, 6, 9, 10, 11, 12, 13, 14, 15, 16));
        ByteBuffer config = config(device);
        assertThat(config.capacity()).isEqualTo(72);
        assertThat(config.getLong(0)).as("capacity").isEqualTo(64);
        assertThat(config.getInt(8)).as("size_max").isEqualTo(8192);
        assertThat(config.getInt(12)).as("seg_max").isEqualTo(7);
        assertThat(config.getShort(16)).as("cylinders").isEqualTo((short) 0x4321);
        assertThat(config.get(18)).as("heads").isEqualTo((byte) 16);
        assertThat(config.get(19)).as("sectors").isEqualTo((byte) 63);
        assertThat(config.getInt(20)).as("blk_size").isEqualTo(4096);
        assertThat(config.get(24)).as("physical_block_exp").isEqualTo((byte) 3);
        assertThat(config.get(25)).as("alignment_offset").isEqualTo((byte) 2);
        assertThat(config.getShort(26)).as("min_io_size").isEqualTo((short) 0x1234);
        assertThat(config.getInt(28)).as("opt_io_size").isEqualTo(0x12345678);
        assertThat(config.get(32)).as("writeback").isEqualTo((byte) 1);
        assertThat(config.get(33)).as("unused0").isZero();
        assertThat(config.getShort(34)).as("num_queues").isEqualTo((short) 0x102);
        assertThat(config.getInt(36)).as("max_discard_sectors").isEqualTo(0x11223344);
        assertThat(config.getInt(40)).as("max_discard_seg").isEqualTo(0x5566);
        assertThat(config.getInt(44)).as("discard_sector_alignment").isEqualTo(0x778899);
        assertThat(config.getInt(48)).as("max_write_zeroes_sectors").isEqualTo(0x22334455);
        assertThat(config.getInt(52)).as("max_write_zeroes_seg").isEqualTo(0x6677);
        assertThat(config.get(56)).as("write_zeroes_may_unmap").isEqualTo((byte) 1);
        assertThat(new byte[] {config.get(57), config.get(58), config.get(59)}).containsOnly(0);
        assertThat(config.getInt(60)).as("max_secure_erase_sectors").isEqualTo(0x33445566);
        assertThat(config.getInt(64)).as("max_secure_erase_seg").isEqualTo(0x7788);
        assertThat(config.getInt(68)).as("secure_erase_sector_alignment").isEqualTo(0x99AABB);
    }

    @Test
    void aDeviceOfOneQueueDoesNotOfferSeveral() {
        assertThat(device(SimBlkOptions.DEFAULTS).offeredFeatures().has(BlkFeatureBits.MQ))
                .isFalse();
        assertThat(config(device(SimBlkOptions.DEFAULTS)).getShort(BlkConfigLayout.NUM_QUEUES))
                .isZero();
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
        assertThatThrownBy(() -> defaults.withQueues(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.withQueues(65536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlkRangeLimits(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlkRangeLimits(1, 65537, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlkGeometry(0, 256, 0)).isInstanceOf(IllegalArgumentException.class);
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
