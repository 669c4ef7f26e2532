// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.ScriptedBlk.Seen;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.BlkZonedLayout;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks with zones, as a driver of plain disks sees them. */
final class BlkZonedTest {
    private static final Features ZONED =
            Features.of(BlkFeatureBits.ZONED, BlkFeatureBits.DISCARD, BlkFeatureBits.FLUSH);

    private static ScriptedBlk device(int model, int configBytes) {
        ScriptedBlk scripted = new ScriptedBlk(ZONED, configBytes, request -> BlkStatus.OK)
                .with(BlkConfigLayout.MAX_DISCARD_SECTORS, 100)
                .with(BlkConfigLayout.MAX_DISCARD_SEG, 1);
        return configBytes > BlkZonedLayout.MODEL ? scripted.withByte(BlkZonedLayout.MODEL, model) : scripted;
    }

    @ParameterizedTest
    @ValueSource(ints = {BlkZonedLayout.MODEL_HOST_MANAGED, 3, 255})
    @Clause({"BLK-DRV-HM-UNSUPPORTED-FAIL", "BLK-DRV-HM-NO-DISCARD", "BLK-DRV-ZONED-CAPABLE"})
    void zonesThatMustBeWrittenInOrderAreRefusedBeforeFeaturesAreAgreedOn(int model) {
        refused(device(model, BlkZonedLayout.CONFIG_LENGTH_BYTES), "zones");
    }

    @Test
    @Clause("CORE-DRV-CFG-MIN-SIZE-CHECK")
    void zonesOfWhichTheConfigurationSaysNothingAreRefused() {
        refused(device(0, BlkConfigLayout.LENGTH_BYTES), "72 bytes");
    }

    private static void refused(ScriptedBlk scripted, String reason) {
        StatusRecorder recorder = new StatusRecorder();
        try (Rig rig = new Rig(scripted)) {
            long free = rig.arena.freeBytes();
            assertThatThrownBy(() -> BlkDevice.open(recorder.over(rig.transport), rig.arena, rig.options()))
                    .isInstanceOf(DeviceInitException.class)
                    .hasMessageContaining(reason);
            assertThat(recorder.written).anyMatch(status -> (status & DeviceStatus.FAILED) != 0);
            assertThat(recorder.written).noneMatch(status -> (status & DeviceStatus.FEATURES_OK) != 0);
            assertThat(scripted.negotiated).isEqualTo(Features.NONE);
            assertThat(rig.arena.freeBytes()).isEqualTo(free);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BlkZonedLayout.MODEL_NONE, BlkZonedLayout.MODEL_HOST_AWARE})
    @Clause({"BLK-DRV-HA-AS-PLAIN", "BLK-DRV-HA-IGNORE-ZONED-FIELDS", "BLK-DRV-ZONED-CAPABLE"})
    void zonesThatMayBeWrittenInAnyOrderAreAPlainDiskWhateverElseIsSaidOfThem(int model) {
        ScriptedBlk scripted = device(model, BlkZonedLayout.CONFIG_LENGTH_BYTES);
        for (int offset = BlkConfigLayout.LENGTH_BYTES; offset < BlkZonedLayout.MODEL; offset++) {
            scripted.withByte(offset, 0x81 + offset);
        }
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThat(scripted.negotiated.has(BlkFeatureBits.ZONED)).isFalse();
            disk.write(999, rig.buffer(512));
            disk.read(0, rig.buffer(512_000));
            disk.discard(BlkRanges.of(1, 100));
        }
        assertThat(scripted.seen)
                .containsExactly(
                        new Seen(BlkRequestType.OUT, 0, 999, 16 + 512, 1),
                        new Seen(BlkRequestType.IN, 0, 0, 16, 512_001),
                        new Seen(BlkRequestType.DISCARD, 0, 0, 32, 1));
    }
}
