// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuQueues;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Drivers that break rules of theirs beside the commands: features without what they build on, and a field that is the device's.
 *
 * <p>VirtIO 1.2, 2.2.1 and 5.7.4.1.
 */
final class GpuDriverRuleCases {
    private GpuDriverRuleCases() {}

    static Stream<HostileCase<DriverPort>> cases(GpuWitness witness) {
        return Stream.of(
                HostileCase.<DriverPort>of(
                        "gpu-config-events-read-written",
                        GpuRequestCases.AREA,
                        "GPU-DRV-EVENTS-READ-RO",
                        "The driver writes ones and zeros to events_read, which only the device changes.",
                        Verdict.SERVED,
                        (port, stage) -> eventsWritten(port, stage, witness)),
                HostileCase.<DriverPort>of(
                                "gpu-features-without-what-they-build-on",
                                GpuRequestCases.AREA,
                                "CORE-DRV-FEAT-DEPS CORE-DEV-FEAT-DEPS",
                                "The driver takes BLOB_ALIGNMENT and CONTEXT_INIT, as far as they are offered, without"
                                        + " RESOURCE_BLOB and VIRGL.",
                                Verdict.SERVED,
                                GpuDriverRuleCases::dependents)
                        .or(Verdict.REJECTED));
    }

    private static void eventsWritten(DriverPort port, Stage stage, GpuWitness witness) {
        try {
            RequestLine line = RequestLine.start(port, stage, GpuQueues.COUNT, Features.NONE);
            byte[] before = line.wholeConfig();
            for (int value : new int[] {-1, 0, GpuConfigLayout.EVENT_DISPLAY}) {
                byte[] written = new byte[Integer.BYTES];
                Arrays.fill(written, (byte) value);
                line.writeConfig(GpuConfigLayout.EVENTS_READ, written);
                byte[] after = line.wholeConfig();
                if (!Arrays.equals(before, after)) {
                    throw Finding.lied("the configuration was " + Arrays.toString(before)
                            + ", events_read was written, and" + " now it is " + Arrays.toString(after));
                }
            }
            GpuScene scene = new GpuScene(line, witness);
            scene.set();
            scene.strike();
            stage.served();
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    private static void dependents(DriverPort port, Stage stage) {
        RawDriver driver = new RawDriver(port, stage);
        driver.reset();
        Features alone =
                port.offeredFeatures().and(Features.of(GpuFeatureBits.BLOB_ALIGNMENT, GpuFeatureBits.CONTEXT_INIT));
        port.writeStatus(ACKNOWLEDGE | DRIVER);
        port.writeFeatures(RawDriver.base(port.format()).or(alone));
        port.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        if ((port.status() & FEATURES_OK) == 0) {
            stage.rejected("FEATURES_OK was not kept");
            return;
        }
        for (int queue = 0; queue < GpuQueues.COUNT; queue++) {
            driver.setUpQueue(queue, RawDriver.QUEUE_SIZE);
        }
        driver.driverOk();
        stage.requireService(driver);
        stage.served();
    }
}
