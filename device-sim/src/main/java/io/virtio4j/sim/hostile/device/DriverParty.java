// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.device.DriverUnderTest.Bench;
import io.virtio4j.sim.hostile.device.Told.Kind;
import java.util.function.Supplier;

/** A driver of this process that cases are played against: a fresh one for each. */
public final class DriverParty implements PartyUnderTest<DevicePort> {
    /**
     * A request is asked for again only where time alone can be at fault: the user waits for a moment, the moment went
     * by, and the driver had hardly looked since the device's last answer.
     */
    private static final int TRIES = 20;

    /** So many looks are enough to find an answer that is there. */
    private static final int LOOKS = 8;

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
        boolean again = true;
        for (int i = 0; i < TRIES && again; i++) {
            long beginNanos = System.nanoTime();
            told = driver.goodRequest();
            again = driver.expectsSilence()
                    && System.nanoTime() - beginNanos >= Bench.MOMENT_NANOS
                    && driver.waitsInVain() < LOOKS;
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
