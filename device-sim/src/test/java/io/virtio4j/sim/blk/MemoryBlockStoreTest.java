// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk in memory takes memory as it is written to, and gives it back. */
final class MemoryBlockStoreTest {
    private static final int CHUNK = MemoryBlockStore.CHUNK_BYTES;
    private static final int CHUNK_SECTORS = CHUNK / 512;
    private static final byte[] DATA = BlkRig.pattern(3 * 512, 1);

    private final MemoryBlockStore store = new MemoryBlockStore(1L << 45);
    private BlkRig rig;

    @BeforeEach
    void open() {
        rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE), error -> {
            throw new AssertionError(error);
        }));
    }

    private void write(long sector) {
        assertThat(rig.request(BlkRequestType.OUT, sector, DATA, 0).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    void whatWasNeverWrittenIsZeroAndTakesNoMemory() {
        assertThat(rig.read((1L << 45) / 512 - 8, 8)).containsOnly(0);
        assertThat(store.allocatedBytes()).isZero();
        write(2 * CHUNK_SECTORS - 1);
        assertThat(store.allocatedBytes()).isEqualTo(2 * CHUNK);
        assertThat(rig.read(2 * CHUNK_SECTORS - 2, 5)).startsWith(new byte[512]).containsSequence(DATA);
    }

    @Test
    @Clause("BLK-DEV-DISCARD-DEALLOC")
    void aDiscardGivesWholeChunksBack() {
        for (int chunk = 0; chunk < 4; chunk++) {
            write((long) chunk * CHUNK_SECTORS);
        }
        assertThat(store.allocatedBytes()).isEqualTo(4 * CHUNK);
        assertThat(rig.ranges(BlkRequestType.DISCARD, segment(1, 3 * CHUNK_SECTORS, 0)))
                .isEqualTo(BlkStatus.OK);
        assertThat(store.allocatedBytes()).isEqualTo(2 * CHUNK);
        assertThat(rig.read(0, 1)).isEqualTo(Arrays.copyOf(DATA, 512));
        assertThat(rig.read(1, 4)).containsOnly(0);
        assertThat(rig.read(2L * CHUNK_SECTORS, 4)).containsOnly(0);
        assertThat(rig.read(3L * CHUNK_SECTORS, 1)).containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({"13, 1, 0", "13, 0, 1", "14, 0, 1"})
    @Clause({"BLK-DEV-WZEROES-DEALLOC", "BLK-DEV-WZEROES-READ-ZERO"})
    void zeroesGiveChunksBackOnlyWithUnmapAndASecureEraseOverwritesThem(int type, int flags, int chunksLeft) {
        write(0);
        assertThat(rig.ranges(type, segment(0, CHUNK_SECTORS, flags))).isEqualTo(BlkStatus.OK);
        assertThat(store.allocatedBytes()).isEqualTo((long) chunksLeft * CHUNK);
        assertThat(rig.read(0, 4)).containsOnly(0);
        write(0);
        assertThat(rig.read(0, 3)).isEqualTo(DATA);
    }

    @Test
    void whatWasWrittenIsThereAfterTheDiskHasGrown() {
        MemoryBlockStore small = new MemoryBlockStore(512);
        BlkRig one = new BlkRig(new SimBlk(small, SimBlkOptions.DEFAULTS, error -> {}));
        byte[] data = BlkRig.pattern(512, 2);
        one.request(BlkRequestType.OUT, 0, data, 0);
        small.grow(3L * CHUNK);
        assertThat(one.read(0, 1)).isEqualTo(data);
        assertThat(one.read(1, 3)).containsOnly(0);
        one.request(BlkRequestType.OUT, 3 * CHUNK_SECTORS - 1, data, 0);
        assertThat(one.read(3 * CHUNK_SECTORS - 1, 1)).isEqualTo(data);
    }

    @Test
    void aLengthThatNoMachineHasIsRefused() {
        assertThatThrownBy(() -> new MemoryBlockStore(Long.MAX_VALUE / 512 * 512))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
