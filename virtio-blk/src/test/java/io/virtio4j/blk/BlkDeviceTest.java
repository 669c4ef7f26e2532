// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.blk.BlkTopology;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The block driver and the block device, on a real file, through a real ring. */
final class BlkDeviceTest {
    private static final int SECTORS = 256;
    private static final int LENGTH = SECTORS * 512;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"OPTIMIZED,NOTIFIED", "OPTIMIZED,SPIN", "BASELINE,NOTIFIED", "BASELINE,SPIN"})
    void everyRequestWorksUnderBothBarrierPoliciesAndNoneTimesOut(BarrierPolicy barriers, DeviceIdle idle)
            throws IOException {
        byte[] disk = Rig.pattern(LENGTH, 1);
        Path image = Files.write(directory.resolve("disk.img"), disk);
        try (BlockStore store = FileBlockStore.open(image, false);
                Rig rig = new Rig(new SimBlk(store, SimBlkOptions.DEFAULTS, Rig::fail), idle);
                BlkDevice device = rig.open(rig.options().withBarriers(barriers))) {
            assertThat(device.capacitySectors()).isEqualTo(SECTORS);
            assertThat(device.blockSizeBytes()).isEqualTo(512);
            assertThat(device.isReadOnly()).isFalse();
            assertThat(device.id()).isEqualTo("virtio4j");
            for (int i = 0; i < 50; i++) {
                byte[] written = Rig.pattern(3 * 512, i + 2);
                DmaBuffer first = rig.buffer(Arrays.copyOf(written, 512));
                DmaBuffer second = rig.buffer(Arrays.copyOfRange(written, 512, 3 * 512));
                device.write(i * 3L, first, second);
                System.arraycopy(written, 0, disk, i * 3 * 512, written.length);
                DmaBuffer read = rig.buffer(4 * 512);
                device.read(i * 3L, read);
                assertThat(rig.bytes(read)).isEqualTo(Arrays.copyOfRange(disk, i * 3 * 512, (i * 3 + 4) * 512));
                first.free();
                second.free();
                read.free();
            }
            device.flush();
            assertThat(Files.readAllBytes(image)).isEqualTo(disk);
            assertThat(rig.driverErrors).isEmpty();
            assertThat(device.stats().get(QueueCounter.POLL_FENCES)).isPositive();
        }
    }

    @Test
    void fencesInTheWaitAreThoseOfTheBarrierPolicy() {
        long optimized = fencesBeyondCompletions(BarrierPolicy.OPTIMIZED);
        long baseline = fencesBeyondCompletions(BarrierPolicy.BASELINE);
        assertThat(optimized).isZero();
        assertThat(baseline).isPositive();
    }

    private static long fencesBeyondCompletions(BarrierPolicy barriers) {
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice device = rig.open(rig.options().withBarriers(barriers))) {
            DmaBuffer buffer = rig.buffer(512);
            for (int i = 0; i < 100; i++) {
                device.read(i, buffer);
            }
            return device.stats().get(QueueCounter.POLL_FENCES) - device.stats().get(QueueCounter.COMPLETIONS);
        }
    }

    @Test
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void manyRequestsAreInFlightAndEachComesBackOnce() {
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice device = rig.open()) {
            BlkData data = new BlkData();
            Map<Long, Integer> outcomes = new HashMap<>();
            BlkHandler handler = (token, status) -> outcomes.merge(token, status, (a, b) -> 99);
            DmaBuffer[] buffers = new DmaBuffer[SECTORS];
            for (int i = 0; i < SECTORS; i++) {
                buffers[i] = rig.buffer(Rig.pattern(512, i));
                while (device.submitWrite(i, data.clear().add(buffers[i]), i) == BlkDevice.FULL) {
                    assertThat(device.await(handler)).isPositive();
                }
                assertThat(buffers[i].isPinned() || outcomes.containsKey((long) i))
                        .isTrue();
            }
            while (device.await(handler) > 0) {
                assertThat(outcomes).hasSizeLessThanOrEqualTo(SECTORS);
            }
            assertThat(outcomes).hasSize(SECTORS);
            assertThat(outcomes.values()).containsOnly(BlkStatus.OK);
            for (int i = 0; i < SECTORS; i++) {
                assertThat(buffers[i].isPinned()).isFalse();
                device.read(i, buffers[0]);
                assertThat(rig.bytes(buffers[0])).isEqualTo(Rig.pattern(512, i));
            }
            assertThat(device.submitFlush(1)).isEqualTo(BlkDevice.SUBMITTED);
            assertThat(device.submitGetId(buffers[1], 2)).isEqualTo(BlkDevice.SUBMITTED);
            outcomes.clear();
            while (outcomes.size() < 2) {
                assertThat(device.await(handler)).isPositive();
            }
            assertThat(outcomes).containsExactlyInAnyOrderEntriesOf(Map.of(1L, 0, 2L, 0));
            assertThat(new String(rig.bytes(buffers[1]), 0, 8, StandardCharsets.US_ASCII))
                    .isEqualTo("virtio4j");
        }
    }

    @Test
    void aBlockingCallLeavesTheOutcomesOfSubmittedRequestsForTheNextPoll() {
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice device = rig.open()) {
            BlkData data = new BlkData();
            DmaBuffer buffer = rig.buffer(512);
            int submitted = 0;
            while (submitted < 10_000 && device.submitRead(0, data.clear().add(buffer), submitted) != BlkDevice.FULL) {
                submitted++;
                // Also when outcomes that nobody takes fill all the room there is.
                device.read(1, rig.buffer(512));
            }
            assertThat(submitted).isEqualTo(256);
            device.read(1, rig.buffer(512));
            int[] taken = {0};
            assertThat(device.poll((token, status) -> taken[0]++)).isEqualTo(submitted);
            assertThat(taken[0]).isEqualTo(submitted);
            assertThat(device.await((token, status) -> {})).isZero();
        }
    }

    @Test
    @Clause({"BLK-DRV-ASSUME-WRITETHROUGH", "BLK-DRV-ASSUME-WRITEBACK"})
    void theCacheIsWritebackExactlyIfTheDeviceCanFlush() {
        for (boolean flush : new boolean[] {true, false}) {
            SimBlk sim = new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS.withFlush(flush), Rig::fail);
            try (Rig rig = new Rig(sim);
                    BlkDevice device = rig.open()) {
                assertThat(device.isWriteback()).isEqualTo(flush);
                device.write(0, rig.buffer(Rig.pattern(512, 1)));
                device.flush();
                assertThat(device.submitFlush(7)).isEqualTo(BlkDevice.SUBMITTED);
                long[] outcome = {-1, -1};
                assertThat(device.await((token, status) -> {
                            outcome[0] = token;
                            outcome[1] = status;
                        }))
                        .isEqualTo(1);
                assertThat(outcome).containsExactly(7, BlkStatus.OK);
            }
        }
    }

    @Test
    @Clause("BLK-SECTOR-512")
    void theBlockSizeIsToldAndSectorsStay512Bytes() {
        SimBlkOptions options = SimBlkOptions.DEFAULTS.withBlocks(4096, new BlkTopology(0, 0, 1, 8));
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), options, Rig::fail));
                BlkDevice device = rig.open()) {
            assertThat(device.blockSizeBytes()).isEqualTo(4096);
            assertThat(device.capacitySectors()).isEqualTo(SECTORS);
            byte[] bytes = Rig.pattern(512, 1);
            device.write(9, rig.buffer(bytes));
            DmaBuffer read = rig.buffer(1024);
            device.read(8, read);
            assertThat(rig.bytes(read)).startsWith(new byte[512]).endsWith(bytes);
        }
    }

    @Test
    void closingGivesAllMemoryBackAndTheDeviceCanBeOpenedAgain() {
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS, Rig::fail))) {
            long free = rig.arena.freeBytes();
            for (int i = 0; i < 3; i++) {
                BlkDevice device = rig.open();
                DmaBuffer buffer = rig.buffer(512);
                device.read(0, buffer);
                device.close();
                device.close();
                buffer.free();
                assertThat(rig.arena.freeBytes()).isEqualTo(free);
                assertThatThrownBy(device::flush)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
                assertThatThrownBy(() -> device.poll((token, status) -> {})).isInstanceOf(IllegalStateException.class);
            }
        }
    }
}
