// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.gpu.SimDisplays;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.gpu.GpuRequestCases;
import io.virtio4j.sim.hostile.gpu.WatchedScanout;
import io.virtio4j.sim.hostile.request.Plays;
import io.virtio4j.sim.rng.SimRng;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A driver that breaks the rules of rings and registers is the same to every device, whatever its type. */
class OtherDevicesHostileDriverTest {
    private static final long HOST_BYTES = 64 << 10;
    private static final int RESOURCES = 8;

    private static final DeviceUnderTest BLK = new DeviceUnderTest(
            "sim-blk-rings",
            () -> new SimBlk(
                    new MemoryBlockStore(64 * 512), SimBlkOptions.DEFAULTS, OtherDevicesHostileDriverTest::told),
            OtherDevicesHostileDriverTest::readSector);
    private static final DeviceUnderTest RNG = new DeviceUnderTest(
            "sim-rng-rings",
            () -> new SimRng(OtherDevicesHostileDriverTest::fill),
            OtherDevicesHostileDriverTest::draw);

    @TestFactory
    Stream<DynamicTest> aBlockDeviceTakesItAndReadsOn() {
        return Plays.of(BLK, DriverCases.forAnyDevice());
    }

    @TestFactory
    Stream<DynamicTest> anEntropyDeviceTakesItAndDrawsOn() {
        return Plays.of(RNG, DriverCases.forAnyDevice());
    }

    @TestFactory
    Stream<DynamicTest> aGpuDeviceTakesItAndShowsFramesAfterIt() {
        WatchedScanout display = new WatchedScanout(HOST_BYTES, RESOURCES);
        DeviceUnderTest gpu = new DeviceUnderTest(
                "sim-gpu-rings",
                () -> new SimGpu(
                        SimGpuConfig.of(new SimDisplays(1)).withScanout(display).withLimits(HOST_BYTES, RESOURCES)),
                (driver, stage) -> GpuRequestCases.goodRequest(driver, stage, display));
        return Plays.of(gpu, DriverCases.forAnyDevice());
    }

    /** The store does all that it is asked: what it is told of is asked wrongly. */
    private static void told(Throwable error) {
        assertThat(error)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the driver sent a request");
    }

    private static void readSector(RawDriver driver, Stage stage) {
        long status = stage.memory().writable(1);
        int id = driver.ring(0)
                .offer(
                        Desc.readable(stage.memory().readable(new byte[16]), 16),
                        Desc.writable(stage.memory().writable(512), 512),
                        Desc.writable(status, 1));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() == 513, "a sector was read with " + used);
        stage.requireHonest(stage.memory().get(status, 1)[0] == 0, "a sector was read with an error");
    }

    private static void draw(RawDriver driver, Stage stage) {
        int id = driver.ring(0).offer(Desc.writable(stage.memory().writable(32), 32));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() > 0, "no entropy was drawn");
    }

    /** Always the same bytes, no descriptor that is available: a case has the device write over its own ring. */
    private static void fill(byte[] bytes) {
        Arrays.fill(bytes, (byte) 0x5A);
    }
}
