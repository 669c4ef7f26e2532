// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A device in this process and on the case's thread, with registers that take anything: the way of a transport that passes on
 * what the driver writes, without the checks that {@code Transport} makes for drivers of this library.
 *
 * <p>A step is one turn of the device. Between two, the case may change any byte. A device that was not kicked and has no work
 * of its own does nothing.
 */
public final class SteppedDriverPort implements DriverPort {
    private final VirtioDevice device;
    private final RingFormat format;
    private final CaseMemory memory;
    private final DeviceSession session;
    private final List<Throwable> reports = new ArrayList<>();
    private final List<Throwable> escapes = new ArrayList<>();
    private final Map<Integer, Integer> calls = new TreeMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private int configChanges;

    /** The driver's registers are being written: what no queue can be is said then, and is no mistake of the device's. */
    private boolean writing;

    /** Since the last reset. */
    private int reportsSinceReset;

    /**
     * Makes a port to a device after power-on.
     *
     * @param device the device
     * @param format what {@link #format()} says; the case negotiates it
     * @param memory what driver and device share
     */
    public SteppedDriverPort(VirtioDevice device, RingFormat format, CaseMemory memory) {
        this.device = device;
        this.format = format;
        this.memory = memory;
        this.session = new DeviceSession(device, memory.guest(), () -> configChanges++, this::report);
        device.attach(() -> awake.set(true));
    }

    private void report(Throwable error) {
        reports.add(error);
        boolean ofThePeer =
                error instanceof BrokenQueueException || (writing && error instanceof IllegalArgumentException);
        if (!ofThePeer) {
            escapes.add(error);
        } else if (++reportsSinceReset > 1) {
            escapes.add(new IllegalStateException("told a second time without a reset between", error));
        }
    }

    /** Does something to the device; what comes out of it is kept. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            escapes.add(e);
        }
    }

    private void write(Runnable registers) {
        writing = true;
        guarded(registers);
        writing = false;
    }

    // --- the party -----------------------------------------------------------------------------------------------

    @Override
    public RingFormat format() {
        return format;
    }

    @Override
    public CaseMemory memory() {
        return memory;
    }

    @Override
    public boolean step() {
        if (!awake.getAndSet(false)) {
            return false;
        }
        guarded(() -> {
            if (session.service() > 0 || !session.enableNotifications()) {
                awake.set(true);
            }
        });
        return awake.get();
    }

    @Override
    public boolean knowsQuiet() {
        return true;
    }

    @Override
    public boolean needsReset() {
        return (session.status() & DeviceStatus.DEVICE_NEEDS_RESET) != 0;
    }

    @Override
    public List<Throwable> reports() {
        return List.copyOf(reports);
    }

    @Override
    public List<Throwable> escapes() {
        return List.copyOf(escapes);
    }

    @Override
    public List<String> leaks() {
        return List.of();
    }

    @Override
    public void close() {
        session.writeStatus(DeviceStatus.RESET);
    }

    // --- registers -------------------------------------------------------------------------------------------------

    @Override
    public Features offeredFeatures() {
        return session.offeredFeatures();
    }

    @Override
    public void writeFeatures(Features features) {
        write(() -> session.acknowledgeFeatures(features));
    }

    @Override
    public int status() {
        return session.status();
    }

    @Override
    public void writeStatus(int status) {
        if (status == DeviceStatus.RESET) {
            reportsSinceReset = 0;
        }
        write(() -> session.writeStatus(status));
        awake.set(true);
    }

    @Override
    public int queueCount() {
        return device.queueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueIndex >= 0 && queueIndex < device.queueCount() ? device.maxQueueSize(queueIndex) : 0;
    }

    @Override
    public void setUpQueue(int queueIndex, int size, QueueAddresses addresses) {
        write(() ->
                session.configureQueue(queueIndex, size, addresses, called -> calls.merge(called, 1, Integer::sum)));
    }

    @Override
    public void resetQueue(int queueIndex) {
        write(() -> session.resetQueue(queueIndex));
        awake.set(true);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        return session.isQueueReset(queueIndex);
    }

    @Override
    public void kick(int queueIndex) {
        awake.set(true);
    }

    @Override
    public int calls(int queueIndex) {
        return calls.getOrDefault(queueIndex, 0);
    }

    @Override
    public int configChanges() {
        return configChanges;
    }

    @Override
    public int configLengthBytes() {
        return device.config().lengthBytes();
    }

    @Override
    public int configGeneration() {
        return device.config().generation();
    }

    /** Outside the configuration there is nothing: no device is asked. */
    @Override
    public byte[] readConfig(int offset, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        ConfigSpace config = device.config();
        for (int i = 0; i < lengthBytes; i++) {
            if (offset + i >= 0 && offset + i < config.lengthBytes()) {
                byte[] one = new byte[1];
                config.read(offset + i, one);
                bytes[i] = one[0];
            }
        }
        return bytes;
    }

    @Override
    public void writeConfig(int offset, byte[] bytes) {
        write(() -> session.writeConfig(offset, bytes.clone()));
        awake.set(true);
    }
}
