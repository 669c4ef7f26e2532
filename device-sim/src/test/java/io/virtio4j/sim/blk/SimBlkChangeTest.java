// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A disk whose store changes while the driver uses it. */
final class SimBlkChangeTest {
    private static final int SECTORS = 64;
    private static final int LENGTH = SECTORS * 512;
    private static final byte[] SECTOR = BlkRig.pattern(512, 1);
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE);

    private static BlkRig rig(BlockStore store) {
        return new BlkRig(new SimBlk(store, OPTIONS, error -> {
            throw new AssertionError(error);
        }));
    }

    private static ByteBuffer config(BlkRig rig) {
        byte[] bytes = new byte[BlkConfigLayout.LENGTH_BYTES];
        rig.device.config().read(0, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    @Clause({"BLK-DEV-CAPACITY-CHANGE", "BLK-DEV-CAPACITY-CHANGE-NOTIFY"})
    void aDiskThatGrowsTellsItsDriverOnceAndTakesRequestsThere() {
        MemoryBlockStore store = new MemoryBlockStore(LENGTH);
        BlkRig rig = rig(store);
        assertThat(rig.request(BlkRequestType.OUT, SECTORS, SECTOR, 0).status()).isEqualTo(BlkStatus.IOERR);
        int generation = rig.device.config().generation();

        store.grow(2 * LENGTH);
        rig.serve();
        rig.serve();

        assertThat(config(rig).getLong(BlkConfigLayout.CAPACITY)).isEqualTo(2 * SECTORS);
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.device.config().generation()).isNotEqualTo(generation);
        assertThat(rig.request(BlkRequestType.OUT, 2 * SECTORS - 1, SECTOR, 0).status())
                .isEqualTo(BlkStatus.OK);
        assertThat(rig.read(2 * SECTORS - 1, 1)).isEqualTo(SECTOR);
        assertThat(rig.read(SECTORS - 1, 2)).containsOnly(0);
        assertThat(rig.request(BlkRequestType.OUT, 2 * SECTORS, SECTOR, 0).status())
                .isEqualTo(BlkStatus.IOERR);
    }

    @Test
    @Clause("BLK-DEV-CAPACITY-CHANGE-NOTIFY")
    void aDiskThatShrinksTellsItsDriverAndRefusesWhatIsGone() {
        PlainStore store = new PlainStore(LENGTH);
        BlkRig rig = rig(store);
        store.lengthBytes = LENGTH / 2;
        store.changed.run();
        rig.serve();
        assertThat(config(rig).getLong(BlkConfigLayout.CAPACITY)).isEqualTo(SECTORS / 2);
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.request(BlkRequestType.OUT, SECTORS / 2, SECTOR, 0).status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(rig.request(BlkRequestType.OUT, SECTORS / 2 - 1, SECTOR, 0).status())
                .isEqualTo(BlkStatus.OK);
    }

    @Test
    void aGrowthBeforeTheDriverIsReadyIsThereWhenItLooks() {
        MemoryBlockStore store = new MemoryBlockStore(LENGTH);
        BlkRig rig = rig(store);
        rig.session.writeStatus(DeviceStatus.RESET);
        store.grow(2 * LENGTH);
        rig.start(BlkRig.everything(rig.device));
        assertThat(config(rig).getLong(BlkConfigLayout.CAPACITY)).isEqualTo(2 * SECTORS);
        rig.serve();
        assertThat(rig.configChanges).isZero();
    }

    @Test
    void aStoreThatTellsOfNoChangeIsNoNews() {
        PlainStore store = new PlainStore(LENGTH);
        BlkRig rig = rig(store);
        int generation = rig.device.config().generation();
        store.changed.run();
        rig.serve();
        assertThat(rig.configChanges).isZero();
        assertThat(rig.device.config().generation()).isEqualTo(generation);
    }

    @Test
    void aChangeWakesTheDevicesThread() {
        PlainStore store = new PlainStore(LENGTH);
        SimBlk device = new SimBlk(store, OPTIONS, error -> {});
        AtomicInteger woken = new AtomicInteger();
        device.attach(woken::incrementAndGet);
        store.changed.run();
        assertThat(woken).hasValue(1);
    }

    @Test
    @Clause({"BLK-DEV-MAY-UNMAP-FIELD", "BLK-DEV-MAY-UNMAP-CHANGE", "BLK-DEV-MAY-UNMAP-NOTIFY"})
    void theFieldFollowsWhetherZeroesMayGiveStorageBack() {
        PlainStore store = new PlainStore(LENGTH);
        store.more.add(BlockOp.WRITE_ZEROES);
        BlkRig rig = rig(store);
        assertThat(config(rig).get(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP)).isZero();

        store.unmapsZeroes = true;
        store.changed.run();
        rig.serve();
        assertThat(config(rig).get(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP)).isEqualTo((byte) 1);
        assertThat(rig.configChanges).isEqualTo(1);

        store.unmapsZeroes = false;
        store.changed.run();
        rig.serve();
        assertThat(config(rig).get(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP)).isZero();
        assertThat(rig.configChanges).isEqualTo(2);
    }

    @Test
    @Clause("BLK-DEV-MAY-UNMAP-FIELD")
    void theFieldIsZeroForAStoreThatNeverGivesStorageBackOrHasNoSuchRequest() {
        assertThat(config(rig(new CrashStore(LENGTH))).get(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP))
                .isZero();
        PlainStore withoutZeroes = new PlainStore(LENGTH);
        withoutZeroes.unmapsZeroes = true;
        assertThat(config(rig(withoutZeroes)).get(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP))
                .isZero();
    }

    @Test
    void aDiskInMemoryGrowsByWholeSectorsAndNeverShrinks() {
        MemoryBlockStore store = new MemoryBlockStore(LENGTH);
        assertThatThrownBy(() -> store.grow(LENGTH - 512))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(LENGTH - 512));
        assertThatThrownBy(() -> store.grow(LENGTH + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.lengthBytes()).isEqualTo(LENGTH);
    }
}
