// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.blk.BlkRangeLimits;
import io.virtio4j.sim.blk.BlockStoreException;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What comes of a request that cannot be done, through real rings, whatever the store, the ring and the queues. After each of
 * them the next request is done, by the same queue.
 */
abstract class BlkErrorContract {
    private static final int SECTORS = 2048 + 205;
    private static final int MANY = 1 << 16;
    private static final byte[] NO_DATA = {};
    private static final byte[] BYTES = Rig.pattern(SECTORS * 512, 1);

    @TempDir
    Path folder;

    private final StoreKind kind;

    BlkErrorContract(StoreKind kind) {
        this.kind = kind;
    }

    private ContractDisk open(DriverVariant driver, SimBlkOptions options) throws IOException {
        return new ContractDisk(new StagedStore(kind.open(folder, BYTES)), BYTES, options, driver);
    }

    // --- what the driver refuses -------------------------------------------------------------------------------

    @EveryDriver
    @Clause({"BLK-DRV-WITHIN-CAPACITY", "BLK-DRV-DATA-512"})
    void theDriverRefusesWhatIsNotOnTheDiskOrNoWholeSectorsAndSendsNothing(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, SimBlkOptions.DEFAULTS)) {
            DmaBuffer two = disk.rig.buffer(1024);
            int before = disk.store.seen.size();
            for (BlkQueue queue : disk.queues()) {
                BlkData data = new BlkData().add(two);
                String place = "1024 bytes at sector " + (SECTORS - 1) + ": the disk has " + SECTORS + " sectors";
                assertRefused(() -> queue.read(SECTORS - 1, two), place);
                assertRefused(() -> queue.write(SECTORS - 1, two), place);
                assertRefused(() -> queue.submitRead(SECTORS - 1, data, 1), place);
                assertRefused(() -> queue.submitWrite(SECTORS - 1, data, 1), place);
                for (long sector : new long[] {SECTORS, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 55}) {
                    assertRefused(() -> queue.read(sector, two), "at sector " + sector);
                    assertRefused(() -> queue.submitWrite(sector, data, 1), "at sector " + sector);
                }
                assertRefused(() -> queue.read(0, new BlkData()), "0 bytes at sector 0");
                for (BlkOperation operation : List.of(BlkOperation.DISCARD, BlkOperation.WRITE_ZEROES)) {
                    BlkRanges over = BlkRanges.of(0, 1).add(SECTORS - 1, 2);
                    assertRefused(
                            () -> BlkRangeTest.run(queue, operation, over),
                            "2 sectors at sector " + (SECTORS - 1) + ": the disk has " + SECTORS + " sectors");
                }
            }
            for (int length : new int[] {511, 513, 1, 0, -512}) {
                assertRefused(() -> new BlkData().add(two, 0, length), "not " + length + " bytes");
            }
            assertThatThrownBy(() -> new BlkData().add(two, 513, 512)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(two.isPinned()).isFalse();
            for (BlkQueue queue : disk.queues()) {
                assertThat(queue.poll((token, status) -> {})).isZero();
            }
            assertThat(disk.store.seen).hasSize(before);
            disk.assertHolds();
        }
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @EveryDriver
    @Clause({"BLK-DRV-ACCEPT-RO", "BLK-DEV-RO-NO-WRITE"})
    void theDriverRefusesToChangeADiskThatIsReadOnlyAndReadsIt(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, SimBlkOptions.DEFAULTS.withReadOnly(true))) {
            DmaBuffer one = disk.rig.buffer(512);
            for (BlkQueue queue : disk.queues()) {
                assertThat(queue.isReadOnly()).isTrue();
                assertThat(queue.supports(BlkOperation.WRITE)).isFalse();
                for (ThrowingCallable change : List.<ThrowingCallable>of(
                        () -> queue.write(0, one),
                        () -> queue.submitWrite(0, new BlkData().add(one), 1),
                        () -> queue.discard(BlkRanges.of(0, 1)),
                        () -> queue.writeZeroes(BlkRanges.of(0, 1), true),
                        () -> queue.secureErase(BlkRanges.of(0, 1)))) {
                    assertThatThrownBy(change)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("read-only");
                }
                disk.assertGoesOn(queue);
            }
            assertThat(disk.store.seen).containsOnly(BlockOp.READ);
            disk.assertHolds();
        }
    }

    // --- what the device refuses -------------------------------------------------------------------------------

    /** A request as a driver without checks sends it. */
    private static final class Bad {
        private final int type;
        private final long sector;
        private final byte[] out;
        private final int inBytes;

        Bad(int type, long sector, byte[] out, int inBytes) {
            this.type = type;
            this.sector = sector;
            this.out = out;
            this.inBytes = inBytes;
        }
    }

    private void assertAnswered(DriverVariant driver, SimBlkOptions options, int status, Map<String, Bad> requests)
            throws IOException {
        StagedStore store = new StagedStore(kind.open(folder, BYTES));
        try (store) {
            try (Rig rig = Rig.of(errors -> new SimBlk(store, options.withQueues(driver.queues()), errors));
                    RawBlk raw = new RawBlk(rig, driver)) {
                for (int queue = 0; queue < raw.queueCount(); queue++) {
                    for (Map.Entry<String, Bad> entry : requests.entrySet()) {
                        Bad bad = entry.getValue();
                        RawBlk.Answer answer = raw.send(queue, bad.type, bad.sector, bad.out, bad.inBytes);
                        assertThat(answer.status()).as(entry.getKey()).isEqualTo(status);
                        assertThat(raw.read(queue, 3, 2))
                                .as("what is read after %s", entry.getKey())
                                .isEqualTo(Arrays.copyOfRange(BYTES, 3 * 512, 5 * 512));
                    }
                }
                assertThat(store.seen).containsOnly(BlockOp.READ);
                assertThat(rig.deviceErrors).isEmpty();
                assertThat(rig.driverErrors).isEmpty();
            }
            assertThat(StoreKind.get(store)).isEqualTo(BYTES);
        }
    }

    @EveryDriver
    @Clause({"BLK-DEV-STATUS-CODES", "BLK-DRV-WITHIN-CAPACITY", "BLK-DRV-DATA-512", "BLK-DRV-GET-ID-20"})
    void theDeviceAnswersIoerrToWhatIsNotOnTheDiskOrNoWholeSectors(DriverVariant driver) throws IOException {
        Map<String, Bad> requests = new LinkedHashMap<>();
        for (int type : new int[] {BlkRequestType.IN, BlkRequestType.OUT}) {
            for (long sector : new long[] {SECTORS, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 55, (1L << 55) - 1}) {
                requests.put("type " + type + " at sector " + sector, bad(type, sector, 512));
            }
            requests.put("type " + type + " across the end", bad(type, SECTORS - 1, 1024));
            for (int length : new int[] {1, 511, 513, 1000}) {
                requests.put("type " + type + " of " + length + " bytes", bad(type, 0, length));
            }
        }
        requests.put("an id of 19 bytes", new Bad(BlkRequestType.GET_ID, 0, NO_DATA, 19));
        requests.put("a read that carries data", new Bad(BlkRequestType.IN, 0, new byte[512], 512));
        requests.put("a write that asks for data", new Bad(BlkRequestType.OUT, 0, new byte[512], 512));
        assertAnswered(driver, SimBlkOptions.DEFAULTS, BlkStatus.IOERR, requests);
    }

    private static Bad bad(int type, long sector, int dataBytes) {
        return type == BlkRequestType.IN
                ? new Bad(type, sector, NO_DATA, dataBytes)
                : new Bad(type, sector, new byte[dataBytes], 0);
    }

    @EveryDriver
    @Clause({"BLK-DRV-RANGE-DATA-SIZE", "BLK-DRV-DISCARD-SEGS", "BLK-DRV-WZEROES-SEGS", "BLK-DEV-STATUS-CODES"})
    void theDeviceAnswersIoerrToRangesThatItDoesNotTakeAndDoesNoneOfThem(DriverVariant driver) throws IOException {
        BlkRangeLimits limits = new BlkRangeLimits(100, 2, 1);
        SimBlkOptions options =
                SimBlkOptions.DEFAULTS.withRanges(new io.virtio4j.sim.blk.BlkRanges(limits, limits, limits));
        Map<String, Bad> requests = new LinkedHashMap<>();
        for (int type : new int[] {BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES}) {
            requests.put(type + " without a segment", new Bad(type, 0, NO_DATA, 0));
            for (int length : new int[] {1, 15, 17, 31}) {
                requests.put(type + " of " + length + " bytes", new Bad(type, 0, new byte[length], 0));
            }
            requests.put(type + " of 3 segments", ranges(type, 0, 1, 0, 4, 1, 0, 8, 1, 0));
            requests.put(type + " of a segment that is too long", ranges(type, 0, 1, 0, 4, 101, 0));
            requests.put(type + " across the end", ranges(type, 0, 1, 0, SECTORS - 1, 2, 0));
            requests.put(type + " beyond the end", ranges(type, 0, 1, 0, SECTORS, 1, 0));
            requests.put(type + " at sector -1", ranges(type, 0, 1, 0, -1, 1, 0));
        }
        assertAnswered(driver, options, BlkStatus.IOERR, requests);
    }

    private static Bad ranges(int type, long... numbers) {
        return new Bad(type, 0, RawBlk.segments(numbers), 0);
    }

    @EveryDriver
    @Clause({
        "BLK-DEV-STATUS-CODES",
        "BLK-DEV-UNKNOWN-FLAG-UNSUPP",
        "BLK-DEV-DISCARD-UNMAP-UNSUPP",
        "BLK-DEV-ZONE-CMDS-UNSUPP"
    })
    void theDeviceAnswersUnsuppToTypesAndFlagsThatItDoesNotKnow(DriverVariant driver) throws IOException {
        Map<String, Bad> requests = new LinkedHashMap<>();
        for (int type : new int[] {2, 3, 5, 6, 7, 9, 12, 15, 16, 17, 18, 20, 22, 24, 26, 99, -1, 1 << 31}) {
            requests.put("type " + type, new Bad(type, 0, NO_DATA, 512));
        }
        requests.put("a lifetime that was not offered", new Bad(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6));
        requests.put(
                "a discard with unmap", ranges(BlkRequestType.DISCARD, 0, 1, 0, 4, 1, BlkSegmentLayout.FLAG_UNMAP));
        for (int bit = 1; bit < Integer.SIZE; bit++) {
            requests.put("zeroes with flag " + bit, ranges(BlkRequestType.WRITE_ZEROES, 0, 1, 0, 4, 1, 1L << bit));
        }
        if (!kind.erasesSecurely()) {
            requests.put("a secure erase", ranges(BlkRequestType.SECURE_ERASE, 0, 1, 0));
        }
        assertAnswered(driver, SimBlkOptions.DEFAULTS, BlkStatus.UNSUPP, requests);
    }

    @EveryDriver
    @Clause({"BLK-DEV-RO-IOERR", "BLK-DEV-RO-NO-WRITE"})
    void theDeviceAnswersIoerrToAWriteToADiskThatIsReadOnly(DriverVariant driver) throws IOException {
        SimBlkOptions readOnly = SimBlkOptions.DEFAULTS.withReadOnly(true);
        assertAnswered(driver, readOnly, BlkStatus.IOERR, Map.of("a write", bad(BlkRequestType.OUT, 0, 512)));
        assertAnswered(
                driver,
                readOnly,
                BlkStatus.UNSUPP,
                Map.of(
                        "a discard", ranges(BlkRequestType.DISCARD, 0, 1, 0),
                        "zeroes", ranges(BlkRequestType.WRITE_ZEROES, 0, 1, 0),
                        "a secure erase", ranges(BlkRequestType.SECURE_ERASE, 0, 1, 0)));
    }

    /** SIZE_MAX and SEG_MAX are told and not enforced: see BlkLimits. */
    @EveryDriver
    @Clause("SPLIT-DEV-NO-FRAMING-ASSUMPTION")
    void theDeviceDoesARequestThatIsCutOtherwiseThanItsLimitsSay(DriverVariant driver) throws IOException {
        try (StagedStore store = new StagedStore(kind.open(folder, BYTES));
                Rig rig = Rig.of(errors -> new SimBlk(
                        store,
                        SimBlkOptions.DEFAULTS.withQueues(driver.queues()).withLimits(2, 600),
                        errors));
                RawBlk raw = new RawBlk(rig, driver)) {
            List<byte[]> parts = new ArrayList<>(List.of(RawBlk.header(BlkRequestType.OUT, 3)));
            byte[] bytes = Rig.pattern(20 * 512, 2);
            for (int part = 0; part < 10; part++) {
                parts.add(Arrays.copyOfRange(bytes, part * 1024, part * 1024 + 1024));
            }
            for (int queue = 0; queue < raw.queueCount(); queue++) {
                assertThat(raw.send(queue, parts, List.of(1)).status()).isZero();
                assertThat(raw.read(queue, 3, 20)).isEqualTo(bytes);
            }
            assertThat(rig.deviceErrors).isEmpty();
        }
    }

    @EveryDriver
    void aRequestWithoutAStatusByteComesBackAndTheQueueGoesOn(DriverVariant driver) throws IOException {
        try (StagedStore store = new StagedStore(kind.open(folder, BYTES));
                Rig rig = Rig.of(
                        errors -> new SimBlk(store, SimBlkOptions.DEFAULTS.withQueues(driver.queues()), errors));
                RawBlk raw = new RawBlk(rig, driver)) {
            for (int queue = 0; queue < raw.queueCount(); queue++) {
                List<byte[]> header = List.of(RawBlk.header(BlkRequestType.OUT, 0), new byte[512]);
                assertThat(raw.send(queue, header, List.of()).usedBytes()).isZero();
                assertThat(raw.send(queue, List.of(new byte[15]), List.of(1)).status())
                        .isEqualTo(BlkStatus.IOERR);
                assertThat(raw.read(queue, 0, 2)).isEqualTo(Arrays.copyOf(BYTES, 1024));
            }
            assertThat(rig.deviceErrors).as("once a queue").hasSize(raw.queueCount());
        }
    }

    // --- what the store fails ----------------------------------------------------------------------------------

    @EveryDriver
    @Clause({"BLK-DEV-STATUS-CODES", "BLK-DRV-SEGMENT-OUTCOME-UNKNOWN"})
    void whatTheStoreFailsIsAnIoErrorWithItsPlaceAndTheNextRequestIsDone(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, SimBlkOptions.DEFAULTS)) {
            DmaBuffer buffer = disk.rig.buffer(1024);
            for (StagedStore.Failure failure : StagedStore.Failure.values()) {
                for (BlkQueue queue : disk.queues()) {
                    assertFails(disk, queue, BlockOp.READ, failure, () -> queue.read(9, buffer), 9, 1024);
                    assertFails(disk, queue, BlockOp.WRITE, failure, () -> queue.write(9, buffer), 9, 1024);
                    assertFails(disk, queue, BlockOp.FLUSH, failure, queue::flush, 0, 0);
                    BlkRanges ranges = BlkRanges.of(11, 2).add(30, 5);
                    assertFails(disk, queue, BlockOp.DISCARD, failure, () -> queue.discard(ranges), 11, 7 * 512);
                    assertFails(
                            disk,
                            queue,
                            BlockOp.WRITE_ZEROES,
                            failure,
                            () -> queue.writeZeroes(ranges, true),
                            11,
                            7 * 512);
                    assertThat(buffer.isPinned()).isFalse();
                }
            }
            disk.write(9, 2);
            disk.assertHolds();
        }
    }

    private static void assertFails(
            ContractDisk disk,
            BlkQueue queue,
            BlockOp op,
            StagedStore.Failure failure,
            ThrowingCallable request,
            long sector,
            long lengthBytes) {
        disk.store.fail(op, failure);
        assertThat(catchThrowable(request))
                .as("%s, %s", op, failure)
                .isInstanceOfSatisfying(BlkRequestException.class, e -> {
                    assertThat(e.operation().name()).isEqualTo(op.name());
                    assertThat(e.offsetBytes()).isEqualTo(sector * 512);
                    assertThat(e.lengthBytes()).isEqualTo(lengthBytes);
                    assertThat(e.status()).isEqualTo(BlkStatus.IOERR);
                    assertThat(e).hasMessageContaining("I/O error");
                });
        disk.store.mend();
        assertThat(disk.rig.deviceErrors)
                .as("told of %s, %s", op, failure)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .isInstanceOf(BlockStoreException.class)
                        .hasRootCauseMessage(StagedStore.CAUSE));
        disk.rig.deviceErrors.clear();
        disk.assertGoesOn(queue);
    }

    @EveryDriver
    void ofManyRequestsInFlightOnlyThoseThatTheStoreFailsFail(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, SimBlkOptions.DEFAULTS)) {
            disk.store.fail(BlockOp.WRITE, StagedStore.Failure.LATE);
            for (BlkQueue queue : disk.queues()) {
                int[] statuses = new int[20];
                Arrays.fill(statuses, MANY);
                DmaBuffer buffer = disk.rig.buffer(20 * 512);
                BlkData data = new BlkData();
                for (int i = 0; i < statuses.length; i++) {
                    data.clear().add(buffer, i * 512L, 512);
                    int sent = i % 2 == 0 ? queue.submitRead(i, data, i) : queue.submitWrite(i, data, i);
                    assertThat(sent).isEqualTo(BlkRequests.SUBMITTED);
                }
                while (queue.await((token, status) -> statuses[(int) token] = status) > 0) {
                    assertThat(statuses).hasSize(20);
                }
                for (int i = 0; i < statuses.length; i++) {
                    assertThat(statuses[i]).as("request %d", i).isEqualTo(i % 2 == 0 ? BlkStatus.OK : BlkStatus.IOERR);
                }
                assertThat(Arrays.copyOf(disk.rig.bytes(buffer), 512)).isEqualTo(disk.expected(0, 1));
                buffer.free();
            }
            assertThat(disk.rig.deviceErrors).hasSize(10 * driver.queues());
            disk.rig.deviceErrors.clear();
            disk.store.mend();
            disk.assertHolds();
        }
    }

    @EveryDriver
    void theOtherFacesTellOfAnErrorTheirOwnWay(DriverVariant driver) throws IOException {
        try (ContractDisk disk = open(driver, SimBlkOptions.DEFAULTS)) {
            disk.store.fail(BlockOp.READ, StagedStore.Failure.LATE);
            BlkQueue queue = disk.next();
            try (BlkChannel channel = BlkChannel.open(queue, disk.rig.arena)) {
                assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10)))
                        .isInstanceOf(IOException.class)
                        .hasCauseInstanceOf(BlkRequestException.class);
                assertThat(channel.position()).isZero();
            }
            DmaBuffer buffer = disk.rig.buffer(512);
            try (BlkFutures futures = driver.futures(queue, disk.rig.driverErrors::add)) {
                assertThatThrownBy(
                                () -> futures.read(5, new BlkData().add(buffer)).join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(BlkRequestException.class, e -> {
                            assertThat(e.offsetBytes()).isEqualTo(5 * 512);
                            assertThat(e.lengthBytes()).isEqualTo(512);
                            assertThat(e.status()).isEqualTo(BlkStatus.IOERR);
                        });
                assertThatThrownBy(() ->
                                futures.read(SECTORS, new BlkData().add(buffer)).join())
                        .hasCauseInstanceOf(IllegalArgumentException.class);
                disk.store.mend();
                futures.read(5, new BlkData().add(buffer)).join();
            }
            assertThat(disk.rig.bytes(buffer)).isEqualTo(disk.expected(5, 1));
            assertThat(disk.rig.deviceErrors).hasSize(2);
            disk.rig.deviceErrors.clear();
        }
    }
}
