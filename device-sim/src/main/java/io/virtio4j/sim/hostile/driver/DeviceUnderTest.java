// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import java.util.Optional;
import java.util.function.Supplier;

/** A device in this process that hostile drivers are let loose on: on the case's own thread, or on one of its own. */
public final class DeviceUnderTest implements PartyUnderTest<DriverPort> {
    private final String name;
    private final Supplier<VirtioDevice> device;
    private final GoodRequest request;
    private final boolean threaded;

    /** Something that a device of some type does right for a driver that does it right. */
    @FunctionalInterface
    public interface GoodRequest {
        /**
         * Sends a request on a queue that is set up, and tells the stage what is not right about the answer.
         *
         * @param driver a driver at DRIVER_OK
         * @param stage the case's
         */
        void send(RawDriver driver, Stage stage);
    }

    /**
     * Makes a party.
     *
     * @param name what it is called in the table
     * @param device makes a fresh device for each case
     * @param request what it must still do after each case
     */
    public DeviceUnderTest(String name, Supplier<VirtioDevice> device, GoodRequest request) {
        this(name, device, request, false);
    }

    private DeviceUnderTest(String name, Supplier<VirtioDevice> device, GoodRequest request, boolean threaded) {
        this.name = name;
        this.device = device;
        this.request = request;
        this.threaded = threaded;
    }

    /** {@return the same device on a thread of its own, under a name of its own} */
    public DeviceUnderTest threaded() {
        return new DeviceUnderTest(name + "-threaded", device, request, true);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DriverPort open(RingFormat format, CaseMemory memory) {
        SteppedDriverPort port = new SteppedDriverPort(device.get(), format, memory);
        return threaded ? new ThreadedDriverPort(port) : port;
    }

    @Override
    public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
        goodRequest(port, stage, needsReset, request);
    }

    /**
     * Sends the good request as the device stands, unless it needs a reset or the case has left no driver for it; then after a
     * reset.
     */
    static void goodRequest(DriverPort port, Stage stage, boolean needsReset, GoodRequest request) {
        Optional<RawDriver> live = stage.driver();
        if (live.isPresent() && !needsReset) {
            request.send(live.get(), stage);
            live.get().rings().forEach((index, ring) -> {
                if (ring.outstanding() != 0) {
                    stage.leaked(ring.outstanding() + " chains of queue " + index + " were never used");
                }
            });
        }
        request.send(RawDriver.start(port, stage), stage);
    }
}
