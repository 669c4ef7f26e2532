// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block device on a file answers to each request, byte for byte. */
final class SimBlkRequestTest {
    private static final int SECTORS = 64;
    private static final int LENGTH = SECTORS * 512;
    private static final byte[] NO_DATA = {};

    @TempDir
    private Path directory;

    private Path image;
    private FileBlockStore store;
    private BlkRig rig;

    @BeforeEach
    void open() throws IOException {
        image = directory.resolve("disk.img");
        Files.write(image, pattern(LENGTH, 1));
        store = FileBlockStore.open(image, false);
        rig = rig(SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE));
    }

    private BlkRig rig(SimBlkOptions options) {
        return new BlkRig(new SimBlk(store, options, error -> rig.errors.add(error)));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private byte[] imageBytes() throws IOException {
        return Files.readAllBytes(image);
    }

    @Test
    @Clause({"BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH"})
    void aReadFillsTheDataAndThenTheStatus() throws IOException {
        Answer answer = rig.request(BlkRequestType.IN, 3, NO_DATA, 4 * 512);

        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.data()).isEqualTo(Arrays.copyOfRange(imageBytes(), 3 * 512, 7 * 512));
        assertThat(answer.usedBytes()).isEqualTo(4 * 512 + 1);
    }

    @Test
    @Clause({"BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH"})
    void aWriteChangesItsSectorsAndNoOthers() throws IOException {
        byte[] expected = imageBytes();
        byte[] data = pattern(2 * 512, 2);
        System.arraycopy(data, 0, expected, 5 * 512, data.length);

        Answer answer = rig.request(BlkRequestType.OUT, 5, data, 0);

        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.usedBytes()).isEqualTo(1);
        assertThat(imageBytes()).isEqualTo(expected);
    }

    @Test
    void theLastSectorIsOnTheDisk() throws IOException {
        byte[] data = pattern(512, 3);
        assertThat(rig.request(BlkRequestType.OUT, SECTORS - 1, data, 0).status())
                .isEqualTo(BlkStatus.OK);
        assertThat(rig.request(BlkRequestType.IN, SECTORS - 1, NO_DATA, 512).data())
                .isEqualTo(data);
        assertThat(Files.size(image)).isEqualTo(LENGTH);
    }

    @Test
    void aFlushIsAnsweredWithItsStatusAlone() {
        Answer answer = rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0);
        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.usedBytes()).isEqualTo(1);
    }

    @Test
    @Clause("CORE-DEV-USED-LENGTH")
    void dataThatADriverAttachesToAFlushIsLeftAloneAndNotCounted() {
        Answer answer = rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 16);
        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.data()).isEqualTo(poison(answer.data().length));
        assertThat(answer.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcde", "twenty-characters-ok"})
    @Clause("BLK-DEV-GET-ID-FORMAT")
    void theIdIsPaddedWithZerosAndHasNoEndMarkAtFullLength(String id) {
        rig = rig(SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withId(id));

        Answer answer = rig.request(BlkRequestType.GET_ID, 0, NO_DATA, 20);

        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.data()).isEqualTo(Arrays.copyOf(id.getBytes(StandardCharsets.US_ASCII), 20));
        assertThat(answer.usedBytes()).isEqualTo(21);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 19, 21, 512})
    void anIdOfAnotherLengthIsAnError(int lengthBytes) {
        Answer answer = rig.request(BlkRequestType.GET_ID, 0, NO_DATA, lengthBytes);
        assertThat(answer.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(answer.data()).isEqualTo(poison(lengthBytes));
    }

    private static byte[] poison(int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        Arrays.fill(bytes, (byte) BlkRig.POISON);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 7, 9, 12, 17, 255, 0x80000000, 0x80000001, -1})
    @Clause("BLK-DEV-STATUS-CODES")
    void aTypeThatTheDeviceDoesNotKnowIsUnsupported(int type) throws IOException {
        byte[] before = imageBytes();
        Answer answer = rig.request(type, 0, pattern(512, 4), 512);

        assertThat(answer.status()).isEqualTo(BlkStatus.UNSUPP);
        assertThat(answer.data()).isEqualTo(poison(answer.data().length));
        assertThat(answer.usedBytes()).isZero();
        assertThat(imageBytes()).isEqualTo(before);
        theDeviceGoesOn();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 18, 20, 22, 24, 26})
    @Clause("BLK-DEV-ZONE-CMDS-UNSUPP")
    void aZoneCommandIsUnsupported(int type) {
        assertThat(rig.request(type, 0, NO_DATA, 512).status()).isEqualTo(BlkStatus.UNSUPP);
        theDeviceGoesOn();
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                SECTORS - 1,
                SECTORS,
                SECTORS + 1,
                1L << 54,
                (1L << 55) - 1,
                1L << 55,
                (1L << 56) - SECTORS,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                -1,
                -2
            })
    @Clause("BLK-DEV-STATUS-CODES")
    void aRangePastTheEndIsAnErrorHoweverItOverflows(long sector) throws IOException {
        byte[] before = imageBytes();

        Answer read = rig.request(BlkRequestType.IN, sector, NO_DATA, 1024);
        assertThat(read.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(read.data()).isEqualTo(poison(read.data().length));
        assertThat(read.usedBytes()).isZero();

        Answer write = rig.request(BlkRequestType.OUT, sector, pattern(1024, 5), 0);
        assertThat(write.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(write.usedBytes()).isEqualTo(1);
        assertThat(imageBytes()).isEqualTo(before);
        theDeviceGoesOn();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 513, 1023})
    void dataThatIsNoWholeNumberOfSectorsIsAnError(int lengthBytes) throws IOException {
        byte[] before = imageBytes();
        assertThat(rig.request(BlkRequestType.IN, 0, NO_DATA, lengthBytes).status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(rig.request(BlkRequestType.OUT, 0, pattern(lengthBytes, 6), 0)
                        .status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(imageBytes()).isEqualTo(before);
        theDeviceGoesOn();
    }

    @Test
    void dataInTheWrongDirectionIsAnError() throws IOException {
        byte[] before = imageBytes();
        assertThat(rig.request(BlkRequestType.IN, 0, pattern(512, 7), 512).status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(rig.request(BlkRequestType.OUT, 0, NO_DATA, 512).status()).isEqualTo(BlkStatus.IOERR);
        assertThat(imageBytes()).isEqualTo(before);
        theDeviceGoesOn();
    }

    @Test
    void aRequestWithoutDataIsDoneAtOnce() {
        assertThat(rig.request(BlkRequestType.IN, 0, NO_DATA, 0)).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(BlkStatus.OK);
            assertThat(answer.usedBytes()).isEqualTo(1);
        });
        assertThat(rig.request(BlkRequestType.OUT, SECTORS, NO_DATA, 0).status())
                .isEqualTo(BlkStatus.OK);
    }

    @Test
    void aRequestWithoutAWholeHeaderIsAnErrorAndToldOnce() {
        for (int i = 0; i < 3; i++) {
            Answer answer = rig.exchange(List.of(Arrays.copyOf(header(BlkRequestType.IN, 0), 15)), List.of(512, 1));
            assertThat(answer.status()).isEqualTo(BlkStatus.IOERR);
            assertThat(answer.usedBytes()).isZero();
        }
        assertThat(rig.errors).singleElement().asString().contains("no whole header");
        theDeviceGoesOn();
    }

    @Test
    void aRequestWithoutRoomForAStatusComesBackUntouched() {
        Answer answer = rig.exchange(List.of(header(BlkRequestType.OUT, 0), pattern(512, 8)), List.of());
        assertThat(answer.usedBytes()).isZero();
        assertThat(rig.errors).singleElement().asString().contains("no byte for the status");
        theDeviceGoesOn();
    }

    @Test
    @Clause({"BLK-DEV-RO-IOERR", "BLK-DEV-RO-NO-WRITE"})
    void aReadOnlyDeviceRefusesWritesWhetherOrNotTheDriverKnows() throws IOException {
        byte[] before = imageBytes();
        SimBlk device = new SimBlk(
                store, SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withReadOnly(true), rig.errors::add);
        Features offered = BlkRig.everything(device);
        assertThat(offered.has(BlkFeatureBits.RO)).isTrue();
        rig = new BlkRig(device);
        for (Features acknowledged : List.of(offered, offered.without(BlkFeatureBits.RO))) {
            rig.session.writeStatus(DeviceStatus.RESET);
            rig.start(acknowledged);
            assertThat(rig.request(BlkRequestType.OUT, 0, pattern(512, 9), 0).status())
                    .isEqualTo(BlkStatus.IOERR);
            assertThat(imageBytes()).isEqualTo(before);
            assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status())
                    .isEqualTo(BlkStatus.OK);
            theDeviceGoesOn();
        }
    }

    @Test
    void aFlushOfADeviceThatDoesNotOfferItIsUnsupported() {
        rig = rig(SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withFlush(false));
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.UNSUPP);
        assertThat(rig.request(BlkRequestType.OUT, 0, pattern(512, 10), 0).status())
                .isEqualTo(BlkStatus.OK);
    }

    @Test
    void aFileThatWasCutShortFailsTheReadAndTellsWhy() throws IOException {
        try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.truncate(10 * 512);
        }
        Answer answer = rig.request(BlkRequestType.IN, 9, NO_DATA, 2 * 512);
        assertThat(answer.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(rig.errors)
                .singleElement()
                .satisfies(error -> assertThat(error).rootCause().hasMessageContaining("ends at byte 5120"));
        assertThat(rig.request(BlkRequestType.IN, 9, NO_DATA, 512).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    void aPieceMayStraddleTwoRegionsOfMemory() throws IOException {
        byte[] data = pattern(1024, 11);
        long at = rig.high.guestAddress() - 100;
        rig.low.putBytes(rig.low.lengthBytes() - 100, data, 0, 100);
        rig.high.putBytes(0, data, 100, 924);
        byte[] expected = imageBytes();
        System.arraycopy(data, 0, expected, 0, data.length);

        var head = rig.arena.allocate(BlkRequestLayout.HEADER_BYTES, 16);
        rig.low.putBytes(head.offset(), header(BlkRequestType.OUT, 0), 0, BlkRequestLayout.HEADER_BYTES);
        var status = rig.arena.allocate(1, 1);
        rig.low.putByte(status.offset(), BlkRig.POISON);
        rig.queue.offer(
                new BufferChain(3)
                        .addReadable(head)
                        .addReadable(at, data.length)
                        .addWritable(status),
                0);
        rig.session.service();

        assertThat(rig.low.getByte(status.offset())).isEqualTo(BlkStatus.OK);
        assertThat(imageBytes()).isEqualTo(expected);
    }

    @Test
    void aPieceMayStraddleTwoWindowsOfOneRegion() throws IOException {
        byte[] data = pattern(8192, 12);
        long offset = 4096 - 100;
        rig.high.putBytes(offset, data, 0, data.length);
        byte[] expected = imageBytes();
        System.arraycopy(data, 0, expected, 0, data.length);

        assertThat(offer(BlkRequestType.OUT, new BufferChain(3), offset, data.length))
                .isEqualTo(BlkStatus.OK);
        assertThat(imageBytes()).isEqualTo(expected);

        rig.high.fill(offset, data.length, 0);
        assertThat(offer(BlkRequestType.IN, new BufferChain(3), offset, data.length))
                .isEqualTo(BlkStatus.OK);
        byte[] back = new byte[data.length];
        rig.high.getBytes(offset, back, 0, back.length);
        assertThat(back).isEqualTo(data);
    }

    /** A request for the first sectors whose data lies in the upper region; its status. */
    private int offer(int type, BufferChain chain, long offset, int lengthBytes) {
        var head = rig.arena.allocate(BlkRequestLayout.HEADER_BYTES, 16);
        rig.low.putBytes(head.offset(), header(type, 0), 0, BlkRequestLayout.HEADER_BYTES);
        var status = rig.arena.allocate(1, 1);
        rig.low.putByte(status.offset(), BlkRig.POISON);
        long at = rig.high.guestAddress() + offset;
        chain.addReadable(head);
        if (type == BlkRequestType.OUT) {
            chain.addReadable(at, lengthBytes);
        } else {
            chain.addWritable(at, lengthBytes);
        }
        rig.queue.offer(chain.addWritable(status), 0);
        rig.session.service();
        rig.queue.poll((token, writtenBytes) -> {}, 1);
        return rig.low.getByte(status.offset());
    }

    private void theDeviceGoesOn() {
        assertThat(rig.request(BlkRequestType.IN, 0, NO_DATA, 512).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.session.status() & DeviceStatus.DEVICE_NEEDS_RESET).isZero();
    }
}
