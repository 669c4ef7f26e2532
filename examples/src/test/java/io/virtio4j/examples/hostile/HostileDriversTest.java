// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.driver.DeviceUnderTest;
import io.virtio4j.sim.hostile.driver.DriverCases;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Somebody's device, and drivers that keep no rule. */
final class HostileDriversTest {
    private static final int REQUEST_BYTES = 32;

    @Test
    void noDriverBreaksTheDevice() {
        var party = new DeviceUnderTest("fill-device", FillDevice::new, HostileDriversTest::goodRequest);
        var results = new CaseRunner<>(party).runAll(DriverCases.forAnyDevice(), 1);

        assertThat(results).hasSizeGreaterThan(80).allMatch(CaseResult::isGood);
    }

    /** What the device must do for a driver that does it right, after each case. */
    private static void goodRequest(RawDriver driver, Stage stage) {
        long room = stage.memory().writable(REQUEST_BYTES);
        int id = driver.ring(0).offer(Desc.writable(room, REQUEST_BYTES));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() == REQUEST_BYTES, "the room was filled with " + used);
        for (byte one : stage.memory().get(room, REQUEST_BYTES)) {
            stage.requireHonest(one == FillDevice.FILL, "a byte is " + one);
        }
    }

    /** What the good request finds wrong is red, whatever the device did with the case. */
    @Test
    void aDeviceThatDoesNotServeAfterwardsIsRed() {
        var party = new DeviceUnderTest("fill-device", FillDevice::new, (driver, stage) -> {
            goodRequest(driver, stage);
            stage.requireHonest(false, "a device that fills with another byte");
        });
        List<CaseResult> results = new CaseRunner<>(party)
                .runAll(DriverCases.forAnyDevice().subList(0, 1), 1)
                .toList();

        assertThat(results).isNotEmpty().noneMatch(CaseResult::isGood);
    }
}
