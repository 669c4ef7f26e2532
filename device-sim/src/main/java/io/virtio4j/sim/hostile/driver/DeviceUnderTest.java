// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** A device in this process that hostile drivers are let loose on: on the case's own thread, or on one of its own. */
public final class DeviceUnderTest implements PartyUnderTest<DriverPort> {
    private final String name;
    private final Supplier<VirtioDevice> device;
    private final GoodRequest request;
    private final boolean threaded;
    private final Set<Need> has;
    private final Function<VirtioDevice, List<String>> held;

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

        /** {@return how many queues the request takes, from 0 on, where a driver is started for it} */
        default int queues() {
            return 1;
        }
    }

    /**
     * Makes a party.
     *
     * @param name what it is called in the table
     * @param device makes a fresh device for each case
     * @param request what it must still do after each case
     */
    public DeviceUnderTest(String name, Supplier<VirtioDevice> device, GoodRequest request) {
        this(name, device, request, false, ofEveryDevice(), made -> List.of());
    }

    /** What memory of this process, the port and a device's session have, whatever the type. */
    private static Set<Need> ofEveryDevice() {
        Set<Need> has = RingNeeds.in(DeviceSession.RING_FEATURES);
        has.addAll(EnumSet.of(Need.HUGE_MEMORY, Need.NOTIFICATION_DATA));
        return has;
    }

    private DeviceUnderTest(
            String name,
            Supplier<VirtioDevice> device,
            GoodRequest request,
            boolean threaded,
            Set<Need> has,
            Function<VirtioDevice, List<String>> held) {
        this.name = name;
        this.device = device;
        this.request = request;
        this.threaded = threaded;
        this.has = Set.copyOf(has);
        this.held = held;
    }

    /** {@return the same device on a thread of its own, under a name of its own; nobody commands its steps then} */
    public DeviceUnderTest threaded() {
        Set<Need> less = EnumSet.noneOf(Need.class);
        less.addAll(has);
        less.remove(Need.HOLDS_CHAINS);
        return new DeviceUnderTest(name + "-threaded", device, request, true, less, held);
    }

    /**
     * {@return the same device, of which more is known}
     *
     * @param more what cases may take for granted
     */
    public DeviceUnderTest having(Need... more) {
        Set<Need> all = EnumSet.noneOf(Need.class);
        all.addAll(has);
        all.addAll(List.of(more));
        return new DeviceUnderTest(name, device, request, threaded, all, held);
    }

    /**
     * {@return the same device, of which it can be told what it holds of its host's: memory, requests to a store}
     *
     * @param newHeld asked after the last good request, when the driver waits for nothing: one line for each thing that the device
     *     still holds. Any is LEAKED
     */
    public DeviceUnderTest holding(Function<VirtioDevice, List<String>> newHeld) {
        return new DeviceUnderTest(name, device, request, threaded, has, newHeld);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Need> has() {
        return has;
    }

    @Override
    public DriverPort open(RingFormat format, CaseMemory memory) {
        VirtioDevice made = device.get();
        SteppedDriverPort port = new SteppedDriverPort(made, format, memory, () -> held.apply(made));
        return threaded ? new ThreadedDriverPort(port) : port;
    }

    @Override
    public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
        goodRequest(port, stage, needsReset, request);
    }

    @Override
    public void request(RawDriver driver, Stage stage) {
        request.send(driver, stage);
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
        request.send(RawDriver.startQueues(port, stage, request.queues()), stage);
    }
}
