// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.hostile;

import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.rng.RngDevice;
import io.virtio4j.rng.RngDeviceException;
import io.virtio4j.rng.RngException;
import io.virtio4j.rng.RngOptions;
import io.virtio4j.sim.hostile.device.DriverUnderTest;
import io.virtio4j.sim.hostile.device.HonestDevice;
import io.virtio4j.sim.hostile.device.Told;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.RngQueues;
import java.util.Arrays;
import java.util.List;

/** A driver as the kit wants it: the entropy driver, and a device whose entropy is one byte, so that a wrong one is seen. */
final class RngUnderTest implements DriverUnderTest, HonestDevice {
    private static final byte FILL = 0x5A;
    private static final int REQUEST_BYTES = 48;

    private RngDevice driver;
    private Bench bench;

    @Override
    public HonestDevice device() {
        return this;
    }

    @Override
    public Told open(Bench newBench) {
        bench = newBench;
        RngOptions options = RngOptions.defaults(newBench.errorHandler()).withTimeoutNanos(newBench.timeoutNanos());
        try {
            driver = RngDevice.open(newBench.transport(), newBench.arena(), options);
            return Told.DONE;
        } catch (DeviceInitException | TransportException e) {
            return Told.refused(e);
        }
    }

    @Override
    public Told request(long seed) {
        byte[] bytes = new byte[REQUEST_BYTES];
        try {
            driver.nextBytes(bytes, 0, REQUEST_BYTES, bench.timeoutNanos());
        } catch (RngDeviceException e) {
            return Told.broken(e.toString());
        } catch (RngException | TransportException e) {
            return Told.failed(e.toString());
        }
        byte[] right = new byte[REQUEST_BYTES];
        Arrays.fill(right, FILL);
        return Arrays.equals(bytes, right) ? Told.DONE : Told.wrong("entropy that the device did not give");
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
            driver = null;
        }
    }

    @Override
    public List<String> inFlight() {
        return List.of();
    }

    // --- the device, as it should be ---------------------------------------------------------------------------

    @Override
    public int deviceId() {
        return DeviceId.ENTROPY;
    }

    @Override
    public Features features() {
        return Features.NONE;
    }

    @Override
    public byte[] config() {
        return new byte[0];
    }

    @Override
    public int queueCount() {
        return RngQueues.COUNT;
    }

    @Override
    public byte[] answer(int queueIndex, byte[] request, int roomBytes) {
        byte[] entropy = new byte[roomBytes];
        Arrays.fill(entropy, FILL);
        return entropy;
    }
}
