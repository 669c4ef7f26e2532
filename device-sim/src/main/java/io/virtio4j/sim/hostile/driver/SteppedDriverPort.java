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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A device in this process and on the case's thread, with registers that take anything: the way of a transport that passes on
 * what the driver writes, without the checks that {@code Transport} makes for drivers of this library.
 *
 * <p>A step is one turn of the device. Between two, the case may change any byte. A device that was not kicked and has no work
 * of its own does nothing.
 */
public final class SteppedDriverPort implements DriverPort {
    private static final int INDEX_MASK = 0xFFFF;

    private final VirtioDevice device;
    private final RingFormat format;
    private final CaseMemory memory;
    private final DeviceSession session;
    private final List<Throwable> reports = new ArrayList<>();
    private final List<Throwable> escapes = new ArrayList<>();
    private final Map<Integer, Integer> calls = new TreeMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Supplier<List<String>> held;

    /** Queues that were set up once: each has its own way for kicks, which the driver keeps. */
    private final Set<Integer> doorbells = ConcurrentHashMap.newKeySet();

    private int configChanges;

    /** The driver was told when the device set DEVICE_NEEDS_RESET, if it was at DRIVER_OK. */
    private boolean toldOfNeedsReset;

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
        this(device, format, memory, List::of);
    }

    /**
     * Makes a port to a device after power-on.
     *
     * @param device the device
     * @param format what {@link #format()} says; the case negotiates it
     * @param memory what driver and device share
     * @param held tells what the device holds of its host's, though nothing is under way: one line for each thing
     */
    public SteppedDriverPort(VirtioDevice device, RingFormat format, CaseMemory memory, Supplier<List<String>> held) {
        this.held = held;
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
        boolean neededReset = needsReset();
        int changesBefore = configChanges;
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            escapes.add(e);
        }
        if (needsReset() && !neededReset) {
            toldOfNeedsReset = configChanges > changesBefore;
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
    public List<String> untold() {
        List<String> missing = new ArrayList<>();
        if (reportsSinceReset == 0) {
            missing.add("its error handler was told of nothing");
        }
        // VirtIO 1.2, 2.1.2 Device Requirements: Device Status Field.
        if ((session.status() & DeviceStatus.DRIVER_OK) != 0 && !toldOfNeedsReset) {
            missing.add("DEVICE_NEEDS_RESET was set at DRIVER_OK without a configuration change notification");
        }
        return missing;
    }

    @Override
    public List<String> leaks() {
        List<String> leaks = new ArrayList<>(held.get());
        int inFlight = session.inFlight();
        if (inFlight != 0) {
            leaks.add(inFlight + " chains are in flight, and the driver waits for none");
        }
        return leaks;
    }

    /** After the reset the device has one more turn, as it may from a thread that comes late. */
    @Override
    public void close() {
        session.writeStatus(DeviceStatus.RESET);
        memory.clearPlaces();
        guarded(session::service);
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
        doorbells.add(queueIndex);
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

    /** As with the transport of this process: a queue that is set up has a doorbell, and no other index leads to the device. */
    @Override
    public void kick(int queueIndex) {
        kick(queueIndex, queueIndex & INDEX_MASK);
    }

    /** The payload is passed on to nobody: a device of this library looks into the ring, whatever the driver says of it. */
    @Override
    public void kick(int queueIndex, int payload) {
        if (doorbells.contains(queueIndex)) {
            awake.set(true);
        }
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

    /** Outside the configuration there is nothing; of what is inside the device is asked once. */
    @Override
    public byte[] readConfig(int offset, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        ConfigSpace config = device.config();
        int from = Math.max(offset, 0);
        int to = (int) Math.min((long) offset + lengthBytes, config.lengthBytes());
        if (from < to) {
            byte[] inside = new byte[to - from];
            guarded(() -> config.read(from, inside));
            System.arraycopy(inside, 0, bytes, from - offset, inside.length);
        }
        return bytes;
    }

    @Override
    public void writeConfig(int offset, byte[] bytes) {
        write(() -> session.writeConfig(offset, bytes.clone()));
        awake.set(true);
    }
}
