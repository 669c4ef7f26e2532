// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * Brings a device up in the order that the specification demands, and down again.
 *
 * <pre>
 *   open:      reset, wait for 0 -&gt; ACKNOWLEDGE -&gt; DRIVER -&gt; features -&gt; FEATURES_OK, read back
 *   setup:     queues, configuration
 *   driverOk:  DRIVER_OK: from here on the device works
 *   close:     reset, wait for 0
 * </pre>
 *
 * <p>One thread at a time. Every wait has a bound.
 *
 * <p>VirtIO 1.2, 3.1.1 Driver Requirements: Device Initialization.
 */
public final class DriverSession implements AutoCloseable {
    private static final long RESET_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int MAX_CONFIG_READS = 1000;

    /** Two cache lines: what the device writes never shares a line, nor an adjacent one, with what the driver writes. */
    private static final int RING_ALIGN_BYTES = 128;

    private static final int NO_TABLES = 0;

    /** Between FEATURES_OK and DRIVER_OK. */
    private static final int SET_UP = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;

    private final Transport transport;
    private final long resetTimeoutNanos;
    private final List<DriverQueue> queues = new ArrayList<>();

    /** Rings and tables of indirect descriptors. */
    private final List<DmaBuffer> carved = new ArrayList<>();

    /** Those that may sleep. Walked by the device's thread when the configuration changes. */
    private final List<UsedBufferSignal> signals = new CopyOnWriteArrayList<>();

    private volatile ConfigChangeListener configChangeListener = () -> {};
    private Features features = Features.NONE;
    private int status;

    /**
     * A queue that the device has been told of.
     *
     * @param queue the driver's half
     * @param doorbell tells the device to look at it
     */
    public record ActiveQueue(DriverQueue queue, Doorbell doorbell) {}

    private DriverSession(Transport transport, long resetTimeoutNanos) {
        this.transport = transport;
        this.resetTimeoutNanos = resetTimeoutNanos;
    }

    /**
     * Resets a device and agrees on features with it. Queues are set up next, then {@link #driverOk()}.
     *
     * @param transport the way to the device
     * @param spec what the driver knows
     * @return the session, at FEATURES_OK
     * @throws DeviceInitException if the device is of another type, lacks a required feature or refuses the features;
     *     FAILED has been written
     * @throws TransportException if the device does not answer
     */
    public static DriverSession open(Transport transport, DriverSpec spec) {
        return open(transport, spec, RESET_TIMEOUT_NANOS);
    }

    static DriverSession open(Transport transport, DriverSpec spec, long resetTimeoutNanos) {
        DriverSession session = new DriverSession(transport, resetTimeoutNanos);
        session.reset();
        transport.onConfigChange(session::configChanged);
        session.addStatus(DeviceStatus.ACKNOWLEDGE);
        if (transport.deviceId() != spec.deviceId()) {
            throw session.giveUp("the device has type " + transport.deviceId() + ", not " + spec.deviceId());
        }
        session.addStatus(DeviceStatus.DRIVER);
        session.negotiate(spec);
        return session;
    }

    private void negotiate(DriverSpec spec) {
        Features offered = transport.offeredFeatures();
        // Bits that nobody here knows, or that belong to others, are not wanted and so fall away.
        Features chosen = FeatureDependency.close(offered.and(spec.wanted()), spec.dependencies());
        if (!spec.required().isSubsetOf(chosen)) {
            throw giveUp("the device lacks features " + spec.required().minus(chosen) + "; it offers " + offered);
        }
        transport.acknowledgeFeatures(chosen);
        addStatus(DeviceStatus.FEATURES_OK);
        if ((transport.status() & DeviceStatus.FEATURES_OK) == 0) {
            throw giveUp("the device refuses features " + chosen + " of its own offer " + offered);
        }
        features = chosen;
    }

    /**
     * Gives the device up: writes FAILED. Close the session next (VirtIO 1.2, 3.1.1 Driver Requirements: Device
     * Initialization).
     *
     * @param reason why it cannot be driven
     * @return what to throw
     */
    public DeviceInitException giveUp(String reason) {
        addStatus(DeviceStatus.FAILED);
        return new DeviceInitException(reason);
    }

    private void addStatus(int bit) {
        status |= bit;
        transport.writeStatus(status);
    }

    /** {@return the features agreed on} */
    public Features features() {
        return features;
    }

    /** {@return the way to the device} */
    public Transport transport() {
        return transport;
    }

    /**
     * Sets a queue up and tells the device of it. Before {@link #driverOk()}.
     *
     * @param index which queue
     * @param size how many descriptors; at most what the device takes
     * @param arena where its ring is carved from
     * @param policy where {@code pollUsed} puts its fences
     * @param callSink gets the device's calls; a {@link UsedBufferSignal} to sleep on
     * @param errorHandler is told once when the device breaks the ring
     * @return the queue and its doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     * @throws IllegalStateException if the features are not agreed on, or the device works or was given up
     */
    public ActiveQueue setUpQueue(
            int index, int size, DmaArena arena, BarrierPolicy policy, CallSink callSink, ErrorHandler errorHandler) {
        return setUpQueue(index, size, NO_TABLES, arena, policy, callSink, errorHandler);
    }

    /**
     * Sets a queue up whose chains of several parts take one descriptor each, if the device agreed to INDIRECT_DESC.
     *
     * @param index which queue
     * @param size how many descriptors; at most what the device takes
     * @param tableEntries how many parts such a chain may have, at least 2; longer ones take a descriptor a part. 0: none
     * @param arena where its ring and tables are carved from
     * @param policy where {@code pollUsed} puts its fences
     * @param callSink gets the device's calls; a {@link UsedBufferSignal} to sleep on
     * @param errorHandler is told once when the device breaks the ring
     * @return the queue and its doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     * @throws IllegalStateException if the features are not agreed on, or the device works or was given up
     */
    public ActiveQueue setUpQueue(
            int index,
            int size,
            int tableEntries,
            DmaArena arena,
            BarrierPolicy policy,
            CallSink callSink,
            ErrorHandler errorHandler) {
        requireSetUp();
        int max = transport.maxQueueSize(index);
        if (size > max) {
            throw new IllegalArgumentException(
                    "queue " + index + " takes at most " + max + " descriptors, not " + size);
        }
        RingFormat format = RingFormat.of(features);
        format.requireQueueSize(size);
        QueueAddresses addresses = new QueueAddresses(
                carve(arena, format.descriptorAreaBytes(size), RING_ALIGN_BYTES).guestAddress(),
                carve(arena, format.driverAreaBytes(size), RING_ALIGN_BYTES).guestAddress(),
                carve(arena, format.deviceAreaBytes(size), RING_ALIGN_BYTES).guestAddress());
        QueueConfig config = new QueueConfig(index, size, features, addresses);
        Optional<IndirectTables> tables = Optional.empty();
        if (tableEntries > NO_TABLES && config.indirect()) {
            long tableBytes = IndirectTables.lengthBytes(size, tableEntries);
            tables = Optional.of(
                    new IndirectTables(carve(arena, tableBytes, IndirectTables.ALIGN_BYTES), size, tableEntries));
        }
        QueueOptions options = new QueueOptions(policy, errorHandler, tables);
        DriverQueue queue = DriverQueue.create(config, transport.memory(), options);
        queues.add(queue);
        if (callSink instanceof UsedBufferSignal signal) {
            signal.attach(this::isDeviceWorking);
            signals.add(signal);
        }
        return new ActiveQueue(queue, transport.activate(config, callSink));
    }

    private DmaBuffer carve(DmaArena arena, long lengthBytes, int alignBytes) {
        DmaBuffer buffer = arena.allocate(lengthBytes, alignBytes);
        carved.add(buffer);
        return buffer;
    }

    /**
     * Lets the device work. H, the order of all set-up before this, is the transport's: see its status register.
     *
     * @throws IllegalStateException if the features are not agreed on, or the device works or was given up
     */
    public void driverOk() {
        requireSetUp();
        addStatus(DeviceStatus.DRIVER_OK);
    }

    private void requireSetUp() {
        if (status != SET_UP) {
            throw new IllegalStateException("a device is set up at status " + SET_UP + ", not at " + status);
        }
    }

    /** {@return whether the device says that only a reset helps} */
    public boolean needsReset() {
        return (transport.status() & DeviceStatus.DEVICE_NEEDS_RESET) != 0;
    }

    /**
     * Asks whether the device goes on using buffers: it runs and needs no reset. Any thread.
     *
     * @return false before {@link #driverOk()}, after a reset and when only a reset helps
     */
    private boolean isDeviceWorking() {
        return (transport.status() & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET))
                == DeviceStatus.DRIVER_OK;
    }

    /**
     * Sets who hears of configuration changes, DEVICE_NEEDS_RESET among them; there is one listener at a time. Threads
     * asleep in {@link DriverQueue#awaitUsed} are woken besides. A listener that is given to the transport instead takes
     * that away.
     *
     * @param listener is called on the device's thread and must return at once
     */
    public void onConfigChange(ConfigChangeListener listener) {
        configChangeListener = listener;
    }

    private void configChanged() {
        signals.forEach(UsedBufferSignal::wake);
        configChangeListener.onConfigChange();
    }

    /**
     * Reads configuration as of one moment: again if the generation moved meanwhile.
     *
     * @param offset first byte
     * @param lengthBytes how many
     * @return the bytes
     * @throws IndexOutOfBoundsException if the device's configuration is shorter
     * @throws TransportException if the configuration will not keep still
     */
    public byte[] readConfig(int offset, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        for (int i = 0; i < MAX_CONFIG_READS; i++) {
            int before = transport.configGeneration();
            transport.readConfig(offset, bytes);
            if (transport.configGeneration() == before) {
                return bytes;
            }
        }
        throw new TransportException(
                "the configuration changed during each of " + MAX_CONFIG_READS + " reads of offset " + offset);
    }

    /**
     * Resets the device and waits until it shows that it is done. Afterwards the device owns no buffer any more, and its
     * queues answer {@link DriverQueue#BROKEN}: what was in flight comes back through {@link DriverQueue#cancelAll}.
     *
     * @throws TransportException if it does not within 5 seconds
     */
    public void reset() {
        transport.writeStatus(DeviceStatus.RESET);
        long deadlineNanos = System.nanoTime() + resetTimeoutNanos;
        while (transport.status() != DeviceStatus.RESET) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("the device shows status " + transport.status() + " "
                        + TimeUnit.NANOSECONDS.toMillis(resetTimeoutNanos) + " ms after it was reset");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        status = DeviceStatus.RESET;
        features = Features.NONE;
        queues.forEach(DriverQueue::retire);
        queues.clear();
        signals.forEach(UsedBufferSignal::end);
        signals.clear();
    }

    /**
     * Resets the device, then gives the memory of rings and tables back to its arena. The transport stays open. Of the queues,
     * only {@link DriverQueue#cancelAll} may be called afterwards.
     *
     * @throws TransportException if the reset does not end: the device may still use them, and they stay allocated
     */
    @Override
    public void close() {
        reset();
        carved.forEach(DmaBuffer::free);
        carved.clear();
    }
}
