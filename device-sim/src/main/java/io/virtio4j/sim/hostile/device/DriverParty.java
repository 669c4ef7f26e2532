// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.device.Told.Kind;
import java.util.function.Supplier;

/** A driver of this process that cases are played against: a fresh one for each. */
public final class DriverParty implements PartyUnderTest<DevicePort> {
    /** A user that expects silence gives up now and then though the device answers: time decides nothing. */
    private static final int TRIES = 200;

    private final String name;
    private final Supplier<DriverUnderTest> drivers;

    /**
     * Makes a party.
     *
     * @param name see {@link #name()}
     * @param drivers gives a driver for each case
     */
    public DriverParty(String name, Supplier<DriverUnderTest> drivers) {
        this.name = name;
        this.drivers = drivers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DevicePort open(RingFormat format, CaseMemory memory) {
        return new InProcessDevicePort(format, memory, drivers.get());
    }

    @Override
    public void goodRequest(DevicePort port, Stage stage, boolean needsReset) {
        InProcessDevicePort driver = (InProcessDevicePort) port;
        driver.behave();
        if (needsReset) {
            driver.closeDriver();
        }
        require(driver, stage, "as it stands");
        driver.closeDriver();
        require(driver, stage, "after a reset");
        driver.closeDriver();
    }

    private static void require(InProcessDevicePort driver, Stage stage, String when) {
        Told told = Told.DONE;
        int tries = driver.expectsSilence() ? TRIES : 1;
        for (int i = 0; i < tries; i++) {
            told = driver.goodRequest();
            if (told.kind() == Kind.WRONG) {
                stage.lied("the good request " + when + ": " + told.what());
            }
            if (told.kind() == Kind.DONE || told.kind() == Kind.WRONG) {
                return;
            }
        }
        String last = told.toString();
        stage.await(() -> false, "a good request " + when + "; the driver told " + last);
    }
}
