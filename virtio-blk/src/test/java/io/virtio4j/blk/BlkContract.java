// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.blk.BlkRangeLimits;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.FeatureBits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a disk is, through the real driver and the real device, whatever its store, its ring and its queues.
 *
 * <p>The disk ends within a block of an overlay, and has more than one chunk of a disk in memory.
 */
abstract class BlkContract {
    static final int SECTORS = 2048 + 205;

    private static final int CHUNK = 2048;
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS;
    private static final byte[] BYTES = Rig.pattern(SECTORS * 512, 1);

    @TempDir
    Path folder;

    private final StoreKind kind;

    BlkContract(StoreKind kind) {
        this.kind = kind;
    }

    final ContractDisk open(DriverVariant driver) throws IOException {
        return open(driver, OPTIONS);
    }

    final ContractDisk open(DriverVariant driver, SimBlkOptions options) throws IOException {
        return open(driver, options, Optional.empty());
    }

    private ContractDisk open(DriverVariant driver, SimBlkOptions options, Optional<BlockLifetime> lifetime)
            throws IOException {
        StagedStore store = new StagedStore(kind.open(folder, BYTES));
        store.lifetime = lifetime;
        return new ContractDisk(store, BYTES, options, driver);
    }

    final StoreKind kind() {
        return kind;
    }

    // --- what the device says of itself ------------------------------------------------------------------------

    @EveryDriver
    @Clause({"BLK-CFG-CAPACITY", "BLK-QUEUE-COUNT", "BLK-DEV-GET-ID-FORMAT", "BLK-DEV-LIFETIME-NO-OFFER"})
    void everyQueueKnowsTheDiskAsTheDeviceTellsIt(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, OPTIONS.withId("12345678901234567890"))) {
            assertThat(disk.device.features().has(FeatureBits.RING_PACKED)).isEqualTo(driver.packed());
            assertThat(disk.device.features().has(BlkFeatureBits.MQ)).isEqualTo(driver.queues() > 1);
            assertThat(disk.device.queueCount()).isEqualTo(driver.queues());
            for (BlkQueue queue : disk.queues()) {
                assertThat(queue.capacitySectors()).isEqualTo(SECTORS);
                assertThat(queue.blockSizeBytes()).isEqualTo(512);
                assertThat(queue.isReadOnly()).isFalse();
                assertThat(queue.id()).isEqualTo("12345678901234567890");
                for (BlkOperation operation : BlkOperation.values()) {
                    assertThat(queue.supports(operation))
                            .as("%s", operation)
                            .isEqualTo(
                                    switch (operation) {
                                        case SECURE_ERASE -> kind.erasesSecurely();
                                        case GET_LIFETIME -> false;
                                        default -> true;
                                    });
                }
                assertThatThrownBy(queue::lifetime)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("GET_LIFETIME");
            }
        }
    }

    @EveryDriver
    @Clause({"BLK-DEV-LIFETIME-OFFER", "BLK-DEV-LIFETIME-FORMAT"})
    void theLifetimeIsToldWhereTheStorageHasOne(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, OPTIONS, Optional.of(new BlockLifetime(2, 7, 11)))) {
            for (BlkQueue queue : disk.queues()) {
                assertThat(queue.supports(BlkOperation.GET_LIFETIME)).isTrue();
                assertThat(queue.lifetime()).isEqualTo(new BlkLifetime(2, 7, 11));
            }
        }
    }

    // --- reads and writes --------------------------------------------------------------------------------------

    @EveryDriver
    @Clause({"BLK-REQ-LAYOUT", "BLK-SECTOR-512"})
    void whatOneQueueWritesEveryQueueReads(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            disk.assertHolds();
            disk.write(0, 1);
            disk.write(5, 7);
            disk.write(13, 40);
            disk.write(CHUNK - 3, 9);
            disk.write(SECTORS - 1, 1);
            disk.write(SECTORS - 7, 3);
            disk.write(5, 1);
            for (int i = 0; i < driver.queues(); i++) {
                disk.assertHolds();
            }
        }
    }

    @EveryDriver
    void theDataOfARequestMayLieInPartsAnywhereInMemory(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            DmaBuffer memory = disk.rig.buffer(300 * 1024);
            long base = memory.offset();
            for (int parts : new int[] {2, 7, 300}) {
                byte[] bytes = disk.fresh(parts);
                BlkData data = new BlkData();
                for (int part = 0; part < parts; part++) {
                    // Backwards, with gaps, and never at an even address.
                    long offset = (parts - 1L - part) * 1001 / 2 * 2 + 1;
                    disk.rig.memory.putBytes(base + offset, bytes, part * 512, 512);
                    data.add(memory, offset, 512);
                }
                disk.next().write(100, data);
                disk.wrote(100, bytes);
                assertThat(disk.read(99, parts + 2)).isEqualTo(disk.expected(99, parts + 2));

                disk.rig.memory.fill(base, memory.lengthBytes(), 0);
                disk.next().read(100, data);
                for (int part = 0; part < parts; part++) {
                    byte[] read = new byte[512];
                    disk.rig.memory.getBytes(base + (parts - 1L - part) * 1001 / 2 * 2 + 1, read, 0, 512);
                    assertThat(read).as("part %d of %d", part, parts).isEqualTo(disk.expected(100 + part, 1));
                }
            }
        }
    }

    @EveryDriver
    void whatIsLongerThanTheDeviceTakesAtOnceIsDoneAsAWhole(DriverVariant driver) throws IOException {
        int[][] limits = {{1, 512}, {3, 1000}, {2, 300}, {4, 4096}, {1, 0}};
        for (int[] limit : limits) {
            try (ContractDisk disk = open(driver, OPTIONS.withLimits(limit[0], limit[1]))) {
                int before = disk.store.seen.size();
                disk.write(33, 101);
                long most = limit[1] == 0 ? Integer.MAX_VALUE : limit[0] * (long) limit[1];
                assertThat(disk.store.seen.size() - before).isGreaterThanOrEqualTo((int) (101 * 512 / most));
                disk.assertHolds();
            }
        }
    }

    @EveryDriver
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void moreRequestsThanAQueueHoldsComeBackOnceEach(DriverVariant driver) throws IOException {
        int requests = 400;
        try (ContractDisk disk = open(driver, OPTIONS.withQueueSize(64))) {
            DmaBuffer memory = disk.rig.buffer(requests * 512);
            byte[] bytes = disk.fresh(requests);
            disk.rig.memory.putBytes(memory.offset(), bytes, 0, bytes.length);
            BitSet back = new BitSet();
            BlkHandler handler = (token, status) -> {
                assertThat(status).isZero();
                assertThat(back.get((int) token)).as("token %d", token).isFalse();
                back.set((int) token);
            };
            BlkData data = new BlkData();
            for (int i = 0; i < requests; i++) {
                BlkQueue queue = disk.next();
                data.clear().add(memory, i * 512L, 512);
                while (queue.submitWrite(i, data, i) == BlkRequests.FULL) {
                    assertThat(queue.await(handler)).isPositive();
                }
            }
            disk.wrote(0, bytes);
            for (BlkQueue queue : disk.queues()) {
                while (queue.await(handler) > 0) {
                    assertThat(back.length()).isLessThanOrEqualTo(requests);
                }
            }
            assertThat(back.cardinality()).isEqualTo(requests);
            disk.assertHolds();
        }
    }

    // --- flushes and the cache ---------------------------------------------------------------------------------

    @EveryDriver
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aFlushOfOneQueueCoversTheWritesOfAll(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            for (int i = 0; i < DriverVariant.SEVERAL; i++) {
                disk.write(100 * i + 3, 5);
            }
            disk.next().flush();
            assertLeft(disk);
            disk.write(1000, 1);
            assertThat(disk.next().submitFlush(7)).isEqualTo(BlkRequests.SUBMITTED);
            List<String> outcomes = new ArrayList<>();
            for (BlkQueue queue : disk.queues()) {
                queue.await((token, status) -> outcomes.add(token + ":" + status));
            }
            assertThat(outcomes).containsExactly("7:0");
            assertLeft(disk);
        }
    }

    private void assertLeft(ContractDisk disk) throws IOException {
        if (kind.isKept()) {
            assertThat(kind.left(folder)).isEqualTo(disk.model);
        }
        if (kind.isOverlay()) {
            assertThat(Files.readAllBytes(folder.resolve(StoreKind.IMAGE))).isEqualTo(BYTES);
        }
    }

    @EveryDriver
    @Clause({"BLK-DRV-WCE-SWITCH", "BLK-DEV-STABLE-WRITETHROUGH", "BLK-DRV-ASSUME-WRITEBACK"})
    void theCacheModeIsChosenForAllQueuesAndAWriteThroughIsDurableWithoutAFlush(DriverVariant driver)
            throws IOException {
        try (ContractDisk disk = open(driver)) {
            assertThat(disk.device.canSetWriteback()).isTrue();
            assertThat(disk.device.isWriteback()).isTrue();
            disk.device.setWriteback(false);
            assertThat(disk.device.isWriteback()).isFalse();
            for (int i = 0; i < driver.queues(); i++) {
                disk.write(50 * i + 1, 2);
                assertLeft(disk);
            }
            disk.next().writeZeroes(BlkRanges.of(1, 9), true);
            disk.zeroed(1, 9);
            assertLeft(disk);
            assertThat(disk.store.seen).endsWith(BlockOp.WRITE_ZEROES, BlockOp.FLUSH);
            disk.device.setWriteback(true);
            assertThat(disk.device.isWriteback()).isTrue();
            disk.write(1, 1);
            assertThat(disk.store.seen).endsWith(BlockOp.WRITE);
        }
    }

    // --- ranges ------------------------------------------------------------------------------------------------

    /** The stores promise zeros where a device might leave anything: docs/block-stores.md. */
    @EveryDriver
    @Clause("BLK-DEV-DISCARD-DEALLOC")
    void whatIsDiscardedReadsAsZerosAndItsNeighboursStay(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            disk.write(0, 64);
            disk.next().discard(ranges(disk));
            disk.assertHolds();
            disk.write(20, 3);
            disk.assertHolds();
        }
    }

    @EveryDriver
    @Clause("BLK-DEV-WZEROES-READ-ZERO")
    void whatIsFilledWithZerosReadsAsZerosWithUnmapAndWithout(DriverVariant driver) throws IOException {
        for (boolean unmap : new boolean[] {false, true}) {
            try (ContractDisk disk = open(driver)) {
                disk.next().writeZeroes(ranges(disk), unmap);
                disk.assertHolds();
                disk.write(20, 3);
                disk.assertHolds();
            }
        }
    }

    @EveryDriver
    void whatIsErasedSecurelyIsGoneWhereTheStoreCanDoThat(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            BlkRanges ranges = ranges(disk);
            if (kind.erasesSecurely()) {
                disk.next().secureErase(ranges);
                disk.assertHolds();
            } else {
                assertThatThrownBy(() -> disk.next().secureErase(ranges))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("SECURE_ERASE");
            }
        }
    }

    /** One sector, more than a block that begin and end within one, what lies in two chunks, and the end. */
    private static BlkRanges ranges(ContractDisk disk) {
        BlkRanges ranges = new BlkRanges();
        int[][] places = {{3, 1}, {13, 30}, {CHUNK - 70, 141}, {SECTORS - 2, 2}};
        for (int[] place : places) {
            ranges.add(place[0], place[1]);
            disk.zeroed(place[0], place[1]);
        }
        return ranges;
    }

    @EveryDriver
    @Clause({"BLK-DRV-DISCARD-SEGS", "BLK-DRV-WZEROES-SEGS"})
    void rangesBeyondTheDevicesLimitsAreDoneAsAWhole(DriverVariant driver) throws IOException {
        BlkRangeLimits limits = new BlkRangeLimits(9, 2, 4);
        SimBlkOptions options = OPTIONS.withRanges(new io.virtio4j.sim.blk.BlkRanges(limits, limits, limits));
        try (ContractDisk disk = open(driver, options)) {
            disk.next().discard(ranges(disk));
            disk.assertHolds();
            disk.next().writeZeroes(BlkRanges.of(200, 100), false);
            disk.zeroed(200, 100);
            disk.assertHolds();
        }
    }

    // --- the other faces ---------------------------------------------------------------------------------------

    @EveryDriver
    void aChannelReadsAndWritesAnyBytes(DriverVariant driver) throws IOException {
        Random random = new Random(2);
        try (ContractDisk disk = open(driver)) {
            try (BlkChannel channel = BlkChannel.open(disk.next(), disk.rig.arena, 4096)) {
                for (int i = 0; i < 30; i++) {
                    byte[] bytes = Rig.pattern(1 + random.nextInt(9000), i);
                    int position = random.nextInt(SECTORS * 512 - bytes.length);
                    assertThat(channel.position(position).write(ByteBuffer.wrap(bytes)))
                            .isEqualTo(bytes.length);
                    System.arraycopy(bytes, 0, disk.model, position, bytes.length);
                }
                channel.force();
                channel.position(0);
                assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(disk.model);
            }
            assertLeft(disk);
        }
    }

    @EveryDriver
    void futuresOfEveryQueueCompleteWithTheirOwnData(DriverVariant driver) throws Exception {
        int each = 20;
        try (ContractDisk disk = open(driver)) {
            List<BlkFutures> faces = new ArrayList<>();
            List<CompletableFuture<Void>> done = new ArrayList<>();
            List<DmaBuffer> read = new ArrayList<>();
            try {
                for (BlkQueue queue : disk.queues()) {
                    BlkFutures futures = driver.futures(queue, disk.rig.driverErrors::add);
                    faces.add(futures);
                    for (int i = 0; i < each; i++) {
                        int sector = 3 + (queue.index() * each + i) * 2;
                        byte[] bytes = disk.fresh(2);
                        disk.wrote(sector, bytes);
                        BlkData source = new BlkData().add(disk.rig.buffer(bytes));
                        DmaBuffer destination = disk.rig.buffer(1024);
                        read.add(destination);
                        done.add(futures.write(sector, source)
                                .thenCompose(written -> futures.read(sector, new BlkData().add(destination)))
                                .thenCompose(back -> futures.flush()));
                    }
                    done.add(futures.discard(BlkRanges.of(1000 + queue.index(), 1)));
                    disk.zeroed(1000 + queue.index(), 1);
                    assertThat(futures.id().get(1, TimeUnit.MINUTES)).isEqualTo("virtio4j");
                }
                CompletableFuture.allOf(done.toArray(CompletableFuture<?>[]::new))
                        .get(1, TimeUnit.MINUTES);
            } finally {
                faces.forEach(BlkFutures::close);
            }
            for (int i = 0; i < read.size(); i++) {
                assertThat(disk.rig.bytes(read.get(i))).isEqualTo(disk.expected(3 + i * 2, 2));
            }
            disk.assertHolds();
            disk.next().flush();
            assertLeft(disk);
        }
    }

    // --- a reset -----------------------------------------------------------------------------------------------

    @EveryDriver
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aResetOfAQueueOrOfTheDeviceLosesNothingThatWasDone(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver)) {
            disk.write(7, 3);
            List<Integer> outcomes = new ArrayList<>();
            for (BlkQueue queue : disk.queues()) {
                queue.recover((token, status) -> outcomes.add(status));
                disk.write(40 + queue.index(), 1);
            }
            disk.assertHolds();
            disk.device.reset((token, status) -> outcomes.add(status));
            disk.write(80, 1);
            disk.next().flush();
            disk.assertHolds();
            assertLeft(disk);
            assertThat(outcomes).isEmpty();
        }
    }
}
