// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.ScriptedBlk.Seen;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.BlkZonedLayout;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver sends, what it accepts, and what it refuses to send. */
final class BlkProtocolTest {
    private static final Features FLUSH = Features.of(BlkFeatureBits.FLUSH);

    @Test
    @Clause({
        "BLK-REQ-LAYOUT",
        "BLK-REQ-SECTOR-UNUSED-ZERO",
        "BLK-DRV-FLUSH-SECTOR-ZERO",
        "BLK-DRV-FLUSH-NO-DATA",
        "BLK-DRV-GET-ID-20",
        "BLK-QUEUE-COUNT"
    })
    void everyRequestIsAHeaderItsDataAndAStatus() {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            DmaBuffer buffer = rig.buffer(2048);
            device.read(7, buffer);
            device.write(998, rig.buffer(1024));
            device.flush();
            assertThat(device.id()).isEmpty();
        }
        assertThat(scripted.seen)
                .containsExactly(
                        new Seen(BlkRequestType.IN, 0, 7, 16, 2049),
                        new Seen(BlkRequestType.OUT, 0, 998, 16 + 1024, 1),
                        new Seen(BlkRequestType.FLUSH, 0, 0, 16, 1),
                        new Seen(BlkRequestType.GET_ID, 0, 0, 16, 21));
    }

    @Test
    @Clause({"BLK-DRV-ACCEPT-RO", "BLK-DRV-ZONED-CAPABLE", "CORE-DRV-FEAT-NO-ACK-FOREIGN"})
    void whatTheDriverUsesIsAcceptedAndNothingElse() {
        Features all = new Features((1L << 24) - 1, 0);
        ScriptedBlk scripted = new ScriptedBlk(all, BlkZonedLayout.CONFIG_LENGTH_BYTES, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            assertThat(device.isReadOnly()).isTrue();
            assertThat(scripted.negotiated.and(all))
                    .isEqualTo(device.features().and(all))
                    .isEqualTo(Features.of(
                            BlkFeatureBits.SIZE_MAX,
                            BlkFeatureBits.SEG_MAX,
                            BlkFeatureBits.RO,
                            BlkFeatureBits.BLK_SIZE,
                            BlkFeatureBits.FLUSH,
                            BlkFeatureBits.TOPOLOGY,
                            BlkFeatureBits.CONFIG_WCE,
                            BlkFeatureBits.DISCARD,
                            BlkFeatureBits.WRITE_ZEROES,
                            BlkFeatureBits.LIFETIME,
                            BlkFeatureBits.SECURE_ERASE))
                    .matches(features -> !features.has(BlkFeatureBits.ZONED));
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.write(0, buffer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("read-only");
            assertThatThrownBy(() -> device.submitWrite(0, new BlkData().add(buffer), 1))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(scripted.seen).isEmpty();
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "999, 1024",
        "1000, 512",
        "1001, 512",
        "-1, 512",
        "0, 512512",
        "9223372036854775807, 512",
        "-9223372036854775808, 512"
    })
    @Clause("BLK-DRV-WITHIN-CAPACITY")
    void nothingPastTheEndOfTheDiskIsSent(long sector, int lengthBytes) {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            DmaBuffer buffer = rig.buffer(lengthBytes);
            assertThatThrownBy(() -> device.read(sector, buffer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(lengthBytes + " bytes at sector " + sector)
                    .hasMessageContaining("1000 sectors");
            assertThatThrownBy(() -> device.write(sector, buffer)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> device.submitRead(sector, new BlkData().add(buffer), 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(scripted.seen).isEmpty();
            assertThat(buffer.isPinned()).isFalse();
            device.read(999, rig.buffer(512));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 513, 1000})
    @Clause("BLK-DRV-DATA-512")
    void dataOfNoWholeSectorsIsRefused(int lengthBytes) {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            DmaBuffer odd = rig.buffer(lengthBytes);
            DmaBuffer even = rig.buffer(1024);
            assertThatThrownBy(() -> device.read(0, odd))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(lengthBytes + " bytes");
            assertThatThrownBy(() -> device.write(0, even, odd)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new BlkData().add(even, 0, lengthBytes))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new BlkData().add(even, 512, 1024)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> device.read(0, new BlkData())).isInstanceOf(IllegalArgumentException.class);
            assertThat(scripted.seen).isEmpty();
            assertThat(even.isPinned()).isFalse();
        }
    }

    @Test
    @Clause("BLK-DRV-CAPACITY-RECHECK")
    void aDiskThatHasGrownOrShrunkIsSeenByTheNextRequest() throws InterruptedException {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            assertThat(device.capacitySectors()).isEqualTo(1000);
            scripted.resize(2000);
            awaitCapacity(device, 2000);
            device.read(1999, rig.buffer(512));
            scripted.resize(10);
            awaitCapacity(device, 10);
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(10, buffer)).hasMessageContaining("10 sectors");
        }
    }

    private static void awaitCapacity(BlkDevice device, long sectors) throws InterruptedException {
        for (int i = 0; i < 3_000 && device.capacitySectors() != sectors; i++) {
            Thread.sleep(10);
        }
        assertThat(device.capacitySectors()).isEqualTo(sectors);
    }

    @Test
    @Clause({"CORE-DRV-CFG-CHECK-FEATURE", "CORE-DRV-CFG-MIN-SIZE-CHECK", "CORE-DRV-CFG-NO-SIZE-CAP"})
    void aConfigurationAsLongAsTheFeaturesNeedIsEnoughAndALongerOneWelcome() {
        for (int length : new int[] {8, 24, 72, 500}) {
            Features offered = length == 8 ? Features.NONE : Features.of(BlkFeatureBits.BLK_SIZE);
            try (Rig rig = new Rig(new ScriptedBlk(offered, length, request -> BlkStatus.OK));
                    BlkDevice device = rig.open()) {
                assertThat(device.capacitySectors()).isEqualTo(1000);
                device.read(0, rig.buffer(512));
            }
        }
    }

    @Test
    @Clause({"CORE-DRV-INIT-FAILED", "CORE-DRV-CFG-MIN-SIZE-CHECK"})
    void aConfigurationTooShortForItsFeaturesMakesTheDeviceFail() {
        ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.BLK_SIZE), 23, request -> BlkStatus.OK);
        StatusRecorder recorder = new StatusRecorder();
        try (Rig rig = new Rig(scripted)) {
            long free = rig.arena.freeBytes();
            assertThatThrownBy(() -> BlkDevice.open(recorder.over(rig.transport), rig.arena, rig.options()))
                    .isInstanceOf(DeviceInitException.class)
                    .hasMessageContaining("23 bytes");
            assertThat(recorder.written).anyMatch(status -> (status & DeviceStatus.FAILED) != 0);
            assertThat(recorder.written).noneMatch(status -> (status & DeviceStatus.DRIVER_OK) != 0);
            assertThat(rig.arena.freeBytes()).isEqualTo(free);
        }
    }

    @Test
    void aDeviceThatTakesNoWholeSectorIsGivenUp() {
        ScriptedBlk scripted = new ScriptedBlk(
                        Features.of(BlkFeatureBits.SIZE_MAX, BlkFeatureBits.SEG_MAX), request -> BlkStatus.OK)
                .with(BlkConfigLayout.SIZE_MAX, 100)
                .with(BlkConfigLayout.SEG_MAX, 5);
        try (Rig rig = new Rig(scripted)) {
            assertThatThrownBy(rig::open)
                    .isInstanceOf(DeviceInitException.class)
                    .hasMessageContaining("5 segments of 100 bytes");
        }
    }

    @Test
    void aBlockSizeThatIsNoneIsTakenForASector() {
        for (int said : new int[] {0, 1, 511, 1000, -1}) {
            ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.BLK_SIZE), request -> BlkStatus.OK)
                    .with(BlkConfigLayout.BLK_SIZE, said);
            try (Rig rig = new Rig(scripted);
                    BlkDevice device = rig.open()) {
                assertThat(device.blockSizeBytes()).isEqualTo(512);
            }
        }
    }

    /** The status proves itself: the driver wrote another one before. Data does not. */
    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "511, false", "512, true", "513, true"})
    @Clause({"SPLIT-DRV-NO-TRUST-PAST-LEN", "SPLIT-DRV-IGNORE-PAST-LEN"})
    void dataThatTheDeviceDoesNotSayToHaveWrittenIsNone(long usedBytes, boolean good) {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        scripted.usedBytes = writable -> Math.min(usedBytes, writable);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open()) {
            DmaBuffer buffer = rig.buffer(512);
            if (good) {
                device.read(0, buffer);
            } else {
                assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkRequestException.class);
            }
            device.write(0, buffer);
            device.flush();
        }
    }

    @Test
    @Clause("CORE-DRV-INIT-FAILED")
    void aConfigurationThatIsNotThereWhenItIsReadMakesTheDeviceFail() {
        ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.BLK_SIZE), request -> BlkStatus.OK);
        StatusRecorder recorder = new StatusRecorder();
        try (Rig rig = new Rig(scripted)) {
            recorder.failures.put("readConfig", new IndexOutOfBoundsException("shorter than it said"));
            assertThatThrownBy(() -> BlkDevice.open(recorder.over(rig.transport), rig.arena, rig.options()))
                    .isInstanceOf(TransportException.class);
            assertThat(recorder.written).anyMatch(status -> (status & DeviceStatus.FAILED) != 0);
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        BlkOptions options = BlkOptions.defaults(Rig::fail);
        assertThatThrownBy(() -> options.withQueueSize(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withQueues(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withTimeoutNanos(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
