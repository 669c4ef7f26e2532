// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.device.DisplaySource;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identity, configuration and events. */
final class SimGpuConfigTest {
    private final SimDisplays displays = new SimDisplays(2);
    private final GpuRig rig = new GpuRig(SimGpuConfig.of(displays));

    private int field(int offset) {
        byte[] bytes = new byte[4];
        rig.device.config().read(offset, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private void write(int offset, int... bytes) {
        byte[] source = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            source[i] = (byte) bytes[i];
        }
        rig.session.writeConfig(offset, source);
    }

    private void plug() {
        displays.change(0, new DisplayMode(true, 0, 0, 640, 480));
        rig.session.service();
    }

    @Test
    @Clause({"GPU-QUEUES", "GPU-DEV-NUM-SCANOUTS"})
    void itIsAGpuWithTwoQueuesAndTheScanoutsOfItsDisplays() {
        assertThat(rig.device.deviceId()).isEqualTo(DeviceId.GPU);
        assertThat(rig.device.queueCount()).isEqualTo(2);
        assertThat(rig.device.offeredFeatures())
                .isEqualTo(
                        Features.of(GpuFeatureBits.EDID, GpuFeatureBits.RESOURCE_UUID, GpuFeatureBits.RESOURCE_BLOB));
        assertThat(field(0)).isZero();
        assertThat(field(8)).isEqualTo(2);
        assertThat(field(12)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17})
    @Clause("GPU-DEV-NUM-SCANOUTS")
    void thereAreOneToSixteenScanouts(int count) {
        DisplaySource none = new SimDisplays(count);
        assertThatThrownBy(() -> SimGpuConfig.of(none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + count);
    }

    @Test
    @Clause({"GPU-DEV-DISPLAY-MODES", "CORE-DEV-CFG-GENERATION"})
    void aDisplayThatChangesRaisesTheEventAndTellsTheDriver() {
        int generation = rig.device.config().generation();
        plug();
        assertThat(field(0)).isEqualTo(GpuConfigLayout.EVENT_DISPLAY);
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.device.config().generation()).isNotEqualTo(generation);
        byte[] info = rig.control(Messages.displayInfo());
        assertThat(Messages.le32(info, 24 + 8)).isEqualTo(640);
        assertThat(Messages.le32(info, 24 + 16)).isEqualTo(1);
    }

    @Test
    void aDisplayThatChangesWakesADeviceThatSleeps() {
        List<Long> versions = new ArrayList<>();
        rig.device.attach(() -> versions.add(displays.version()));
        displays.change(0, new DisplayMode(true, 0, 0, 640, 480));
        assertThat(versions).as("woken once, after the change").containsExactly(1L);
    }

    @Test
    void displaysThatChangedBeforeTheDriverCameAreNoEvent() {
        displays.change(1, new DisplayMode(true, 0, 0, 1, 1));
        rig.start();
        rig.session.service();
        assertThat(field(0)).isZero();
        assertThat(rig.configChanges).isZero();
    }

    @Test
    @Clause("GPU-DEV-EVENTS-CLEAR")
    void aOneBitWrittenToEventsClearClearsTheEvent() {
        plug();
        write(4, 1, 0, 0, 0);
        assertThat(field(0)).isZero();
        rig.session.service();
        assertThat(rig.configChanges).as("no news to the driver").isEqualTo(1);
        plug();
        assertThat(field(0)).as("the next event").isEqualTo(1);
    }

    @Test
    @Clause("GPU-DEV-EVENTS-CLEAR")
    void otherBitsWrittenToEventsClearKeepTheEvent() {
        plug();
        write(4, 0xFE, 0xFF, 0xFF, 0xFF);
        write(5, 1);
        write(4, 0, 0, 0, 0);
        assertThat(field(0)).isEqualTo(1);
        write(4, 1);
        assertThat(field(0)).as("one byte of it is enough").isZero();
    }

    @Test
    @Clause("GPU-DRV-EVENTS-READ-RO")
    void writesToAllOtherFieldsAreIgnored() {
        plug();
        write(0, 0, 0, 0, 0);
        write(8, 9, 9, 9, 9, 9, 9, 9, 9);
        assertThat(field(0)).isEqualTo(1);
        assertThat(field(8)).isEqualTo(2);
        assertThat(field(12)).isZero();
        write(3, 7, 1);
        assertThat(field(0)).as("a write that ends in events_clear").isZero();
    }

    @Test
    void aResetForgetsTheEvent() {
        plug();
        rig.start();
        assertThat(field(0)).isZero();
    }
}
