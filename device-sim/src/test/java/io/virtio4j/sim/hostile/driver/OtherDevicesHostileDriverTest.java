// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.request.Plays;
import io.virtio4j.sim.rng.SimRng;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A ring that cannot be followed is the same to every device: it needs a reset, and is as good as new after it. */
class OtherDevicesHostileDriverTest {
    private static final DeviceUnderTest BLK = new DeviceUnderTest(
            "sim-blk-rings",
            () -> new SimBlk(
                    new MemoryBlockStore(64 * 512), SimBlkOptions.DEFAULTS, OtherDevicesHostileDriverTest::fail),
            OtherDevicesHostileDriverTest::readSector);
    private static final DeviceUnderTest RNG =
            new DeviceUnderTest("sim-rng-rings", SimRng::new, OtherDevicesHostileDriverTest::draw);

    @TestFactory
    Stream<DynamicTest> aBlockDeviceNeedsAResetAndReadsOnAfterIt() {
        return Plays.of(BLK, DriverCases.forAnyDevice());
    }

    @TestFactory
    Stream<DynamicTest> anEntropyDeviceNeedsAResetAndDrawsOnAfterIt() {
        return Plays.of(RNG, DriverCases.forAnyDevice());
    }

    private static void fail(Throwable error) {
        throw new AssertionError("nothing is wrong with the store", error);
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
}
