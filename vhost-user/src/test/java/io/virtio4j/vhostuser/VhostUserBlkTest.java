// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkRanges;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The block driver on the block device, over a socket: both ends are this library's. */
class VhostUserBlkTest {
    @TempDir
    Path folder;

    private static Features ring(boolean packed) {
        return packed ? DriverSpec.RING_FEATURES : DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED);
    }

    @ParameterizedTest
    @CsvSource({"false,false,false", "false,true,false", "true,false,false", "true,true,false", "true,true,true"})
    void readsWritesFlushesDiscardsAndWritesZeroes(boolean packed, boolean sleep, boolean devicePolls) {
        try (VhostUserRig rig = new VhostUserRig(folder, devicePolls)) {
            try (VhostUserTransport transport = rig.connect();
                    BlkDevice disk = BlkDevice.open(
                            transport, rig.arena, rig.options().withSleep(sleep).withRingFeatures(ring(packed)))) {
                assertThat(disk.features().has(FeatureBits.RING_PACKED)).isEqualTo(packed);
                assertThat(disk.capacitySectors()).isEqualTo(VhostUserRig.DISK_BYTES / 512);
                DmaBuffer buffer = rig.buffer(16 << 10, 0);
                // More than a lap of the queue.
                for (int round = 0; round < 300; round++) {
                    VhostUserRig.fill(buffer, round);
                    disk.write(round, buffer);
                    VhostUserRig.fill(buffer, -1);
                    disk.read(round, buffer);
                    assertThat(VhostUserRig.bytes(buffer)).containsOnly((byte) round);
                }
                disk.flush();
                disk.writeZeroes(BlkRanges.of(300, 8), false);
                disk.discard(BlkRanges.of(308, 8));
                DmaBuffer small = rig.buffer(4096, -1);
                disk.read(300, small);
                assertThat(VhostUserRig.bytes(small)).containsOnly(0);
            }
            assertThat(rig.deviceErrors).isEmpty();
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void severalQueuesServeSeveralThreads(boolean packed) throws InterruptedException {
        try (VhostUserRig rig = new VhostUserRig(folder)) {
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            try (VhostUserTransport transport = rig.connect();
                    BlkDevice disk = BlkDevice.open(
                            transport,
                            rig.arena,
                            rig.options()
                                    .withQueues(4)
                                    .withQueueSize(64)
                                    .withSleep(true)
                                    .withRingFeatures(ring(packed)))) {
                assertThat(disk.queueCount()).isEqualTo(4);
                List<Thread> threads = new ArrayList<>();
                for (int index = 0; index < 4; index++) {
                    int mine = index;
                    DmaBuffer buffer = rig.buffer(4096, 0);
                    Thread thread = new Thread(() -> {
                        for (int round = 0; round < 50; round++) {
                            VhostUserRig.fill(buffer, mine * 50 + round);
                            disk.queue(mine).write(mine * 512L + round * 8L, buffer);
                            VhostUserRig.fill(buffer, -1);
                            disk.queue(mine).read(mine * 512L + round * 8L, buffer);
                            assertThat(VhostUserRig.bytes(buffer)).containsOnly((byte) (mine * 50 + round));
                        }
                    });
                    thread.setUncaughtExceptionHandler((failed, failure) -> failures.add(failure));
                    threads.add(thread);
                }
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertThat(failures).isEmpty();
            assertThat(rig.deviceErrors).isEmpty();
        }
    }

    @Test
    void driversComeAndGoOnOneConnectionAndOnNewOnes() {
        try (VhostUserRig rig = new VhostUserRig(folder)) {
            DmaBuffer buffer = rig.buffer(4096, 0);
            for (int connection = 0; connection < 5; connection++) {
                try (VhostUserTransport transport = rig.connect()) {
                    for (int driver = 0; driver < 4; driver++) {
                        try (BlkDevice disk = BlkDevice.open(
                                transport,
                                rig.arena,
                                rig.options().withQueues(1 + driver).withRingFeatures(ring(driver % 2 == 0)))) {
                            VhostUserRig.fill(buffer, connection);
                            disk.write(driver, buffer);
                            disk.reset((token, status) -> {});
                            disk.read(driver, buffer);
                            assertThat(VhostUserRig.bytes(buffer)).containsOnly(connection);
                        }
                    }
                }
            }
            assertThat(rig.deviceErrors).isEmpty();
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @Test
    void theCacheModeIsWrittenAndReadBack() {
        try (VhostUserRig rig = new VhostUserRig(folder);
                VhostUserTransport transport = rig.connect();
                BlkDevice disk = BlkDevice.open(transport, rig.arena, rig.options())) {
            assertThat(disk.canSetWriteback()).isTrue();
            boolean writeback = disk.isWriteback();
            disk.setWriteback(!writeback);
            assertThat(disk.isWriteback()).isEqualTo(!writeback);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatStopsIsNoticedAndItsSuccessorServesAfterAReset(boolean sleep) {
        try (VhostUserRig rig = new VhostUserRig(folder);
                VhostUserTransport transport = rig.connect();
                BlkDevice disk =
                        BlkDevice.open(transport, rig.arena, rig.options().withSleep(sleep))) {
            DmaBuffer buffer = rig.buffer(4096, 9);
            disk.write(5, buffer);
            rig.server.close();
            assertThatThrownBy(() -> disk.read(5, buffer)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> disk.reset((token, status) -> {}))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("no back-end at");
            rig.startServer(false);
            disk.reset((token, status) -> {});
            VhostUserRig.fill(buffer, 0);
            disk.read(5, buffer);
            assertThat(VhostUserRig.bytes(buffer)).containsOnly(9);
        }
    }
}
