// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static io.virtio4j.sim.blk.BlkRig.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a change is durable: by flush, by the driver's choice of the cache mode, and always without either. */
final class SimBlkCacheTest {
    private static final int LENGTH = 64 * 512;
    private static final byte[] NO_DATA = {};
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE);

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final CrashStore store = new CrashStore(LENGTH);
    private final SimBlk device = new SimBlk(store, OPTIONS, errors::add);

    private static Features without(SimBlk device, int... bits) {
        return BlkRig.everything(device).minus(Features.of(bits));
    }

    private static int writeback(BlkRig rig) {
        byte[] field = new byte[1];
        rig.device.config().read(BlkConfigLayout.WRITEBACK, field);
        return field[0];
    }

    private static void setWriteback(BlkRig rig, int value) {
        rig.session.writeConfig(BlkConfigLayout.WRITEBACK, new byte[] {(byte) value});
    }

    private static byte[] sector(byte[] disk, int sector) {
        return Arrays.copyOfRange(disk, sector * 512, sector * 512 + 512);
    }

    private byte[] write(BlkRig rig, int sector, int seed) {
        byte[] data = pattern(512, seed);
        assertThat(rig.request(BlkRequestType.OUT, sector, data, 0).status()).isEqualTo(BlkStatus.OK);
        return data;
    }

    @Test
    @Clause("BLK-DEV-WRITEBACK-INIT-ZERO")
    void theCacheIsWritethroughAtFirstForADriverThatCannotFlush() {
        BlkRig rig = new BlkRig(device, without(device, BlkFeatureBits.FLUSH));
        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITETHROUGH);
        byte[] data = write(rig, 1, 1);
        assertThat(sector(store.durable(), 1)).isEqualTo(data);
    }

    @Test
    @Clause("BLK-DEV-WRITEBACK-INIT-ZERO")
    void theFieldTellsSoAsSoonAsTheFeaturesAreAgreedOn() {
        BlkRig rig = new BlkRig(device);
        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITEBACK);
        rig.session.writeStatus(DeviceStatus.RESET);
        rig.session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
        rig.session.acknowledgeFeatures(without(device, BlkFeatureBits.FLUSH));
        rig.session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK);
        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITETHROUGH);
    }

    @Test
    @Clause("BLK-DEV-STABLE-WRITETHROUGH")
    void aWriteIsDurableWhenItCompletesOnceTheDriverHasChosenWritethrough() {
        BlkRig rig = new BlkRig(device);
        write(rig, 1, 1);
        assertThat(sector(store.durable(), 1)).containsOnly(0);

        setWriteback(rig, BlkCacheMode.WRITETHROUGH);

        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITETHROUGH);
        assertThat(sector(store.durable(), 1)).as("the switch is no flush").containsOnly(0);
        byte[] data = write(rig, 2, 2);
        assertThat(sector(store.durable(), 2)).isEqualTo(data);
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(2, 1, 0))).isEqualTo(BlkStatus.OK);
        assertThat(sector(store.durable(), 2)).containsOnly(0);
    }

    @Test
    void aWriteIsVolatileAgainOnceTheDriverHasChosenWriteback() {
        BlkRig rig = new BlkRig(device);
        setWriteback(rig, BlkCacheMode.WRITETHROUGH);
        setWriteback(rig, BlkCacheMode.WRITEBACK);
        byte[] data = write(rig, 3, 3);
        assertThat(sector(store.durable(), 3)).containsOnly(0);
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(sector(store.durable(), 3)).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 13, 14})
    @Clause({"BLK-DEV-STABLE-WRITETHROUGH", "BLK-DEV-STABLE-NO-FLUSH-ACK"})
    void inWritethroughEveryChangeIsFollowedByOneFlushHoweverManySegmentsItHas(int type) {
        HeldStore held = new HeldStore(LENGTH);
        SimBlk sim = new SimBlk(held, OPTIONS, errors::add);
        BlkRig rig = new BlkRig(sim, without(sim, BlkFeatureBits.FLUSH, BlkFeatureBits.CONFIG_WCE));
        long token = rig.send(List.of(header(type, 0), segment(0, 1, 0), segment(4, 1, 0)), List.of(1));
        rig.serve();
        held.finish(0);
        rig.serve();
        held.finish(0);
        rig.serve();
        assertThat(rig.isAnswered(token)).isFalse();
        assertThat(held.ops).hasSize(3).endsWith(BlockOp.FLUSH);
        held.finish(0);
        rig.serve();
        assertThat(rig.take(token).status()).isEqualTo(BlkStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("BLK-DEV-WRITEBACK-RACE")
    void aWriteDuringWhichTheModeIsSwitchedCompletesAndALaterFlushMakesItDurable(boolean toWriteback) {
        HeldStore held = new HeldStore(LENGTH);
        BlkRig rig = new BlkRig(new SimBlk(held, OPTIONS, errors::add));
        setWriteback(rig, toWriteback ? BlkCacheMode.WRITETHROUGH : BlkCacheMode.WRITEBACK);
        long write = rig.send(List.of(header(BlkRequestType.OUT, 0), pattern(512, 1)), List.of(1));
        rig.serve();
        setWriteback(rig, toWriteback ? BlkCacheMode.WRITEBACK : BlkCacheMode.WRITETHROUGH);
        while (!held.held.isEmpty()) {
            held.finish(0);
            rig.serve();
        }
        assertThat(rig.take(write).status()).isEqualTo(BlkStatus.OK);

        long flush = rig.send(List.of(header(BlkRequestType.FLUSH, 0)), List.of(1));
        rig.serve();
        held.finish(0);
        rig.serve();
        assertThat(rig.take(flush).status()).isEqualTo(BlkStatus.OK);
        assertThat(held.ops).startsWith(BlockOp.WRITE).endsWith(BlockOp.FLUSH);
    }

    @Test
    @Clause("BLK-DEV-NO-FLUSH-OFFER-COMMIT")
    void aDeviceThatNeverOffersFlushCommitsEachWriteBeforeItCompletes() {
        SimBlk sim = new SimBlk(store, OPTIONS.withFlush(false), errors::add);
        BlkRig rig = new BlkRig(sim);
        byte[] data = write(rig, 1, 1);
        assertThat(sector(store.durable(), 1)).isEqualTo(data);
    }

    @ParameterizedTest
    @CsvSource({"2", "-1", "127"})
    void aValueThatTheFieldDoesNotHaveIsIgnored(int value) {
        BlkRig rig = new BlkRig(device);
        setWriteback(rig, value);
        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITEBACK);
    }

    @Test
    void theFieldIsTheOnlyOneThatADriverWritesHoweverManyBytesItWrites() {
        BlkRig rig = new BlkRig(device);
        byte[] before = config(rig);
        rig.session.writeConfig(0, new byte[BlkConfigLayout.LENGTH_BYTES]);
        byte[] expected = before.clone();
        expected[BlkConfigLayout.WRITEBACK] = BlkCacheMode.WRITETHROUGH;
        assertThat(config(rig)).isEqualTo(expected);
        byte[] ones = new byte[BlkConfigLayout.LENGTH_BYTES];
        Arrays.fill(ones, (byte) 1);
        rig.session.writeConfig(0, ones);
        assertThat(config(rig)).isEqualTo(before);
        rig.session.writeConfig(BlkConfigLayout.WRITEBACK + 1, new byte[3]);
        assertThat(config(rig)).isEqualTo(before);
        assertThat(rig.configChanges)
                .as("what the driver wrote is no news to it")
                .isZero();
    }

    private static byte[] config(BlkRig rig) {
        byte[] bytes = new byte[BlkConfigLayout.LENGTH_BYTES];
        rig.device.config().read(0, bytes);
        return bytes;
    }

    @Test
    void withoutTheFeatureTheModeIsNotTheDriversToChoose() {
        BlkRig rig = new BlkRig(device, without(device, BlkFeatureBits.CONFIG_WCE));
        setWriteback(rig, BlkCacheMode.WRITETHROUGH);
        write(rig, 1, 1);
        assertThat(sector(store.durable(), 1)).containsOnly(0);
    }

    @Test
    void aResetForgetsTheModeThatTheDriverChose() {
        BlkRig rig = new BlkRig(device);
        setWriteback(rig, BlkCacheMode.WRITETHROUGH);
        rig.session.writeStatus(DeviceStatus.RESET);
        assertThat(writeback(rig)).isEqualTo(BlkCacheMode.WRITEBACK);
        rig.start(BlkRig.everything(device));
        write(rig, 1, 1);
        assertThat(sector(store.durable(), 1)).containsOnly(0);
    }
}
