// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.sim.gpu.SimDisplays;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.hostile.driver.DeviceUnderTest;
import io.virtio4j.sim.hostile.request.Plays;
import io.virtio4j.sim.hostile.request.UsedLength;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** No command can make the GPU device do what it must not, or stop. */
class SimGpuHostileRequestTest {
    private static final int SCANOUTS = 2;
    private static final int BLOB_ALIGNMENT = 4096;

    /** What a case needs, and little more: what is not given back is soon missing. */
    private static final long HOST_BYTES = 64 << 10;

    private static final int RESOURCES = 8;

    private final WatchedScanout display = new WatchedScanout(HOST_BYTES, RESOURCES);

    private VirtioDevice device() {
        return new SimGpu(SimGpuConfig.of(new SimDisplays(SCANOUTS))
                .withScanout(display)
                .withLimits(HOST_BYTES, RESOURCES)
                .withBlobAlignment(BLOB_ALIGNMENT));
    }

    @TestFactory
    Stream<DynamicTest> theDeviceAnswersAsTheSpecificationDemands() {
        DeviceUnderTest party = new DeviceUnderTest(
                "sim-gpu", this::device, (driver, stage) -> GpuRequestCases.goodRequest(driver, stage, display));
        return Plays.of(party, GpuRequestCases.all(display, UsedLength.EXACT));
    }
}
