// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.edid;
import static io.virtio4j.sim.gpu.Messages.le32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What a display says of itself. */
final class SimGpuEdidTest {
    private final SimDisplays displays = new SimDisplays(3);
    private final GpuRig rig = new GpuRig(SimGpuConfig.of(displays), Features.of(GpuFeatureBits.EDID));

    private EdidReader read(int scanoutId) {
        byte[] response = rig.control(edid(scanoutId));
        assertThat(response).hasSize(1056);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_EDID);
        assertThat(le32(response, 24)).isEqualTo(128);
        assertThat(Arrays.copyOfRange(response, 160, 1056)).containsOnly(0);
        return new EdidReader(Arrays.copyOfRange(response, 32, 160));
    }

    private int eventsRead() {
        byte[] bytes = new byte[4];
        rig.device.config().read(GpuConfigLayout.EVENTS_READ, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Property(tries = 300)
    @Clause("GPU-EDID-NEGOTIATED")
    void theEdidIsValidAndItsPreferredTimingIsTheDisplaysMode(
            @ForAll @IntRange(min = 1, max = 4095) int width, @ForAll @IntRange(min = 1, max = 4095) int height) {
        SimDisplays own = new SimDisplays(2);
        own.plug(1, width, height);
        byte[] block = Edid.of(1, own.mode(1));

        assertThat(block).hasSize(128);
        EdidReader edid = new EdidReader(block);
        assertThat(edid.hasHeader()).isTrue();
        assertThat(edid.sum()).isZero();
        assertThat(edid.width()).isEqualTo(width);
        assertThat(edid.height()).isEqualTo(height);
        assertThat(edid.syncsLieInTheBlanking()).isTrue();
        // Clocks over 655.35 MHz cannot be told, and those under 10 MHz are taken for a mistake.
        assertThat(edid.picturesASecond()).isBetween(30.0, 60.1);
        assertThat(edid.clockMhz()).isGreaterThanOrEqualTo(10);
        if (width >= 640 && height >= 480 && width <= 3840 && height <= 2160) {
            assertThat(edid.picturesASecond()).isCloseTo(60, within(0.1));
        }
        assertThat(edid.widthMm()).isBetween(1, 4095);
        assertThat(edid.heightMm()).isBetween(1, 4095);
    }

    @Test
    @Clause("GPU-EDID-NEGOTIATED")
    void theDriverReadsTheEdidOfEachDisplay() {
        displays.plug(0, 1920, 1080);
        displays.plug(2, 3840, 2160);

        EdidReader first = read(0);
        EdidReader last = read(2);

        assertThat(first.sum()).isZero();
        assertThat(first.width()).isEqualTo(1920);
        assertThat(first.height()).isEqualTo(1080);
        assertThat(first.name()).isEqualTo("virtio4j 0");
        assertThat(last.width()).isEqualTo(3840);
        assertThat(last.height()).isEqualTo(2160);
        assertThat(last.name()).isEqualTo("virtio4j 2");
        assertThat(last.serial()).isNotEqualTo(first.serial());
    }

    @Test
    @Clause({"GPU-EDID-NEGOTIATED", "GPU-DEV-DISPLAY-MODES"})
    void aDisplayThatIsResizedRaisesTheEventAndHasAnotherEdid() {
        displays.plug(0, 1024, 768);
        rig.start();
        assertThat(eventsRead()).isZero();

        displays.plug(0, 1280, 720);
        rig.session.service();

        assertThat(eventsRead()).isEqualTo(GpuConfigLayout.EVENT_DISPLAY);
        assertThat(rig.configChanges).isPositive();
        assertThat(read(0).width()).isEqualTo(1280);
        rig.session.writeConfig(GpuConfigLayout.EVENTS_CLEAR, new byte[] {GpuConfigLayout.EVENT_DISPLAY, 0, 0, 0});
        assertThat(eventsRead()).isZero();
    }

    @Test
    void aDisplayThatIsUnpluggedRaisesTheEventAndHasNoEdid() {
        displays.change(1, new DisplayMode(true, 40, 50, 800, 600));
        rig.start();
        displays.unplug(1);
        rig.session.service();

        assertThat(eventsRead()).isEqualTo(GpuConfigLayout.EVENT_DISPLAY);
        byte[] response = rig.control(edid(1));
        assertThat(response).hasSize(1056);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_EDID);
        assertThat(Arrays.copyOfRange(response, 24, 1056)).containsOnly(0);
    }

    @Test
    void aDisplayTooLargeForABlockHasNoEdid() {
        displays.plug(0, 4096, 2160);
        assertThat(le32(rig.control(edid(0)), 24)).isZero();
        displays.plug(0, 4095, 4096);
        assertThat(le32(rig.control(edid(0)), 24)).isZero();
    }

    @Test
    void aDisplayThatComesBackStandsWhereItStood() {
        displays.change(1, new DisplayMode(true, 40, 50, 800, 600));
        displays.unplug(1);
        assertThat(displays.mode(1)).isEqualTo(DisplayMode.DISABLED);
        displays.plug(1, 640, 480);
        assertThat(displays.mode(1)).isEqualTo(new DisplayMode(true, 40, 50, 640, 480));
    }

    @Test
    void aDisplayThatIsResizedStaysWhereItStands() {
        displays.change(1, new DisplayMode(true, 40, 50, 800, 600));
        displays.plug(1, 640, 480);
        assertThat(displays.mode(1)).isEqualTo(new DisplayMode(true, 40, 50, 640, 480));
    }

    @Test
    @Clause("GPU-DEV-RESP-TYPES")
    void aScanoutThatDoesNotExistHasNone() {
        assertThat(rig.type(edid(3))).isEqualTo(GpuResponse.ERR_INVALID_SCANOUT_ID);
        assertThat(rig.type(edid(-1))).isEqualTo(GpuResponse.ERR_INVALID_SCANOUT_ID);
    }
}
