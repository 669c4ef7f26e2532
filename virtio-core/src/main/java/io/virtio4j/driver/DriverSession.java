// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.barrier.BarrierStrength;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    private static final int NO_TABLES = 0;

    /** Between FEATURES_OK and DRIVER_OK. */
    private static final int SET_UP = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;

    private final Transport transport;
    private final long resetTimeoutNanos;
    private final BarrierStrength barriers;

    private final SessionQueues queues = new SessionQueues();
    private final Map<Integer, Integer> maxQueueSizes = new HashMap<>();
    private final SessionSignals signals;
    private volatile ConfigChangeListener configChangeListener = () -> {};
    private Features features = Features.NONE;
    private boolean memoryMapped;
    private int status;

    /**
     * A queue that the device has been told of.
     *
     * @param queue the driver's half
     * @param doorbell tells the device to look at it
     */
    public record ActiveQueue(DriverQueue queue, Doorbell doorbell) {}

    private DriverSession(Transport transport, long resetTimeoutNanos, BarrierStrength barriers) {
        this.barriers = barriers;
        this.transport = transport;
        this.resetTimeoutNanos = resetTimeoutNanos;
        this.signals = new SessionSignals(this::isDeviceWorking, transport.parkStrategy());
    }

    /**
     * Resets a device and agrees on features with it. Queues are set up next, then {@link #driverOk()}.
     *
     * @param transport the way to the device
     * @param spec what the driver knows
     * @return the session, at FEATURES_OK
     * @throws DeviceInitException if the device is of another type, lacks a required feature or refuses the features;
     *     FAILED has been written
     * @throws TransportException if the device does not answer; FAILED has been written if that could be, and if not,
     *     why is
     *     a suppressed exception
     */
    public static DriverSession open(Transport transport, DriverSpec spec) {
        return open(transport, spec, DeviceCheck.NONE);
    }

    /**
     * Resets a device, looks at it and agrees on features with it. Queues are set up next, then {@link #driverOk()}.
     *
     * @param transport the way to the device
     * @param spec what the driver knows
     * @param check what else it must see before it takes the device
     * @return the session, at FEATURES_OK
     * @throws DeviceInitException as for {@link #open(Transport, DriverSpec)}, and if the check says so
     * @throws TransportException as for {@link #open(Transport, DriverSpec)}
     */
    public static DriverSession open(Transport transport, DriverSpec spec, DeviceCheck check) {
        return open(transport, spec, check, RESET_TIMEOUT_NANOS, BarrierStrength.ofThisJvm());
    }

    /**
     * Resets a device, looks at it and agrees on features with it, and waits for each of its resets as long as said,
     * in place of 5
     * seconds. Queues are set up next, then {@link #driverOk()}.
     *
     * @param transport the way to the device
     * @param spec what the driver knows
     * @param check what else it must see before it takes the device
     * @param resetTimeoutNanos how long the device, or a queue of it, may take for a reset, more than 0
     * @return the session, at FEATURES_OK
     * @throws DeviceInitException as for {@link #open(Transport, DriverSpec, DeviceCheck)}
     * @throws TransportException as for {@link #open(Transport, DriverSpec)}
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public static DriverSession open(Transport transport, DriverSpec spec, DeviceCheck check, long resetTimeoutNanos) {
        if (resetTimeoutNanos <= 0) {
            throw new IllegalArgumentException("a reset may take more than 0 ns, not " + resetTimeoutNanos);
        }
        return open(transport, spec, check, resetTimeoutNanos, BarrierStrength.ofThisJvm());
    }

    static DriverSession open(Transport transport, DriverSpec spec, long resetTimeoutNanos) {
        return open(transport, spec, resetTimeoutNanos, BarrierStrength.ofThisJvm());
    }

    static DriverSession open(Transport transport, DriverSpec spec, long resetTimeoutNanos, BarrierStrength barriers) {
        return open(transport, spec, DeviceCheck.NONE, resetTimeoutNanos, barriers);
    }

    private static DriverSession open(
            Transport transport, DriverSpec spec, DeviceCheck check, long resetTimeoutNanos, BarrierStrength barriers) {
        DriverSession session = new DriverSession(transport, resetTimeoutNanos, barriers);
        // A reset that does not end is no business of FAILED: nothing may be written until it has.
        session.reset();
        try {
            session.bringUp(spec, check);
        } catch (RuntimeException e) {
            session.giveUp(e);
            throw e;
        }
        return session;
    }

    private void bringUp(DriverSpec spec, DeviceCheck check) {
        transport.onConfigChange(this::configChanged);
        addStatus(DeviceStatus.ACKNOWLEDGE);
        int deviceId = transport.deviceId();
        if (deviceId != spec.deviceId()) {
            throw giveUp("the device has type " + deviceId + ", not " + spec.deviceId());
        }
        addStatus(DeviceStatus.DRIVER);
        Optional<String> reason = check.reasonToGiveUp(this);
        if (reason.isPresent()) {
            throw giveUp(reason.get());
        }
        negotiate(spec);
    }

    private void negotiate(DriverSpec spec) {
        Features offered = transport.offeredFeatures();
        // Bits that nobody here knows, or that belong to others, are not wanted and so fall away.
        Features wanted = PlatformAcceptance.add(spec.wanted(), barriers);
        Features chosen = FeatureDependency.close(offered.and(wanted), spec.dependencies());
        if (!spec.required().isSubsetOf(chosen)) {
            throw giveUp("the device lacks features " + spec.required().minus(chosen) + "; it offers " + offered);
        }
        transport.acknowledgeFeatures(chosen);
        addStatus(DeviceStatus.FEATURES_OK);
        if ((transport.status() & DeviceStatus.FEATURES_OK) == 0) {
            throw giveUp("the device refuses features " + chosen + " of its own offer " + offered);
        }
        features = chosen;
        if (chosen.has(FeatureBits.ACCESS_PLATFORM)) {
            mapMemory();
        }
    }

    /** VirtIO 1.2, 6.1 Driver Requirements: Reserved Feature Bits: what descriptors name must resolve to memory. */
    private void mapMemory() {
        memoryMapped = true;
        GuestMemory memory = transport.memory();
        for (int i = 0; i < memory.regionCount(); i++) {
            transport.dmaMapper().map(memory.region(i));
        }
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

    /**
     * Gives the device up for what went wrong while it was set up: writes FAILED, unless it stands there already.
     * Close the session
     * next. A transport that cannot even do that has its say in the cause, as a suppressed exception.
     *
     * @param cause what went wrong
     */
    public void giveUp(RuntimeException cause) {
        if (status == DeviceStatus.RESET || (status & DeviceStatus.FAILED) != 0) {
            return;
        }
        try {
            addStatus(DeviceStatus.FAILED);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
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
     * Sets a queue up and tells the device of it. Before {@link #driverOk()}, or after {@link #resetQueue(int)} of
     * that queue.
     *
     * @param index which queue
     * @param size how many descriptors; at most what the device takes
     * @param arena where its ring is carved from
     * @param policy where {@code pollUsed} puts its fences
     * @param callSink gets the device's calls; a {@link UsedBufferSignal} to sleep on
     * @param errorHandler is told once when the device breaks the ring
     * @return the queue and its doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     * @throws IllegalStateException if the features are not agreed on, or the device was given up, or works and this
     *     queue was
     *     not reset; or if the signal serves another session
     */
    public ActiveQueue setUpQueue(
            int index, int size, DmaArena arena, BarrierPolicy policy, CallSink callSink, ErrorHandler errorHandler) {
        return setUpQueue(index, size, NO_TABLES, arena, policy, callSink, errorHandler);
    }

    /**
     * Sets a queue up whose chains of several parts take one descriptor each, if the device agreed to INDIRECT_DESC.
     * Before
     * {@link #driverOk()}; or after {@link #resetQueue(int)} of that queue, with other sizes and memory if wanted,
     * and then
     * the device works on it when this returns (VirtIO 1.2, 2.6.1.2 Virtqueue Re-enable).
     *
     * @param index which queue
     * @param size how many descriptors; at most what the device takes
     * @param tableEntries how many parts such a chain may have, at least 2; longer ones take a descriptor a part. 0:
     *     none
     * @param arena where its ring and tables are carved from
     * @param policy where {@code pollUsed} puts its fences
     * @param callSink gets the device's calls; a {@link UsedBufferSignal} to sleep on
     * @param errorHandler is told once when the device breaks the ring
     * @return the queue and its doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     * @throws IllegalStateException if the features are not agreed on, or the device was given up, or works and this
     *     queue was
     *     not reset; or if the signal serves another session
     */
    public ActiveQueue setUpQueue(
            int index,
            int size,
            int tableEntries,
            DmaArena arena,
            BarrierPolicy policy,
            CallSink callSink,
            ErrorHandler errorHandler) {
        if (!isWorking() || !queues.wasReset(index)) {
            requireSetUp();
        }
        int max = maxQueueSize(index);
        if (size > max) {
            throw new IllegalArgumentException(
                    "queue " + index + " takes at most " + max + " descriptors, not " + size);
        }
        RingFormat format = RingFormat.of(features);
        format.requireQueueSize(size);
        signals.attach(callSink);
        boolean indirect = features.has(FeatureBits.INDIRECT_DESC);
        int notificationData = features.has(FeatureBits.NOTIF_CONFIG_DATA) ? transport.notificationData(index) : index;
        QueueMemory memory = queues.carved(QueueMemory.carve(arena, format, size, indirect ? tableEntries : NO_TABLES));
        QueueConfig config = new QueueConfig(index, size, features, memory.addresses(), notificationData);
        QueueOptions options = new QueueOptions(policy, errorHandler, memory.tables());
        DriverQueue queue = DriverQueue.create(config, transport.memory(), options);
        queues.add(queue, memory);
        queue.calledThrough(callSink);
        Doorbell doorbell = transport.activate(config, callSink);
        if (isWorking() && callSink instanceof UsedBufferSignal signal) {
            // What the device showed before the signal was attached woke nobody.
            signal.wake();
        }
        return new ActiveQueue(queue, doorbell);
    }

    /**
     * Resets one queue and waits until the device shows that it is done. The device and its other queues go on.
     * Afterwards
     * the queue answers {@link DriverQueue#BROKEN}, what was in flight comes back through {@link
     * DriverQueue#cancelAll},
     * and the memory of its ring and tables is its arena's again. The index may be set up anew.
     *
     * <p>VirtIO 1.2, 2.6.1.1.2 Driver Requirements: Virtqueue Reset.
     *
     * @param active the queue; no thread may use it meanwhile
     * @throws IllegalArgumentException if it is no queue of this session, or not any more
     * @throws IllegalStateException if RING_RESET was not agreed on, or the device does not work
     * @throws TransportException if the device does not end the reset within 5 seconds, or needs a reset as a whole:
     *     the queue's
     *     memory stays the device's
     */
    public void resetQueue(ActiveQueue active) {
        int index = active.queue().config().index();
        if (queues.get(index) != active.queue()) {
            throw new IllegalArgumentException("not a queue of this session, or not any more: "
                    + active.queue().config());
        }
        resetQueue(index);
    }

    /**
     * Resets one queue, as {@link #resetQueue(ActiveQueue)} does.
     *
     * @param index which queue
     * @throws IllegalArgumentException if no such queue is set up
     * @throws IllegalStateException if RING_RESET was not agreed on, or the device does not work
     * @throws TransportException if the device does not end the reset within 5 seconds, or needs a reset as a whole:
     *     the queue's
     *     memory stays the device's
     */
    public void resetQueue(int index) {
        if (!isWorking() || !features.has(FeatureBits.RING_RESET)) {
            throw new IllegalStateException(
                    "a queue is reset by itself at DRIVER_OK and with RING_RESET, not at status " + status
                            + " with features " + features);
        }
        DriverQueue queue = queues.get(index);
        if (queue == null) {
            throw new IllegalArgumentException("queue " + index + " is not set up; set up are " + queues.indices());
        }
        transport.resetQueue(index);
        long deadlineNanos = System.nanoTime() + resetTimeoutNanos;
        while (!transport.isQueueReset(index)) {
            if (needsReset()) {
                throw new TransportException(
                        "queue " + index + " was being reset when the device asked for a reset as a whole");
            }
            lookAgain(deadlineNanos, "has not reset queue " + index);
        }
        queues.endReset(queue);
    }

    /** Whether this session has let the device work, and has neither reset nor given it up since. */
    boolean isWorking() {
        return (status & DeviceStatus.DRIVER_OK) != 0 && (status & DeviceStatus.FAILED) == 0;
    }

    private void lookAgain(long deadlineNanos, String what) {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new TransportException("the device " + what + " " + TimeUnit.NANOSECONDS.toMillis(resetTimeoutNanos)
                    + " ms after it was asked to");
        }
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }

    /**
     * Lets the device work. H, the order of all set-up before this, is the transport's: see its status register.
     *
     * @throws IllegalStateException if the features are not agreed on, or the device works or was given up
     */
    public void driverOk() {
        requireSetUp();
        addStatus(DeviceStatus.DRIVER_OK);
        // What the device showed before a signal was attached woke nobody.
        signals.wake();
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
    boolean isDeviceWorking() {
        return (transport.status() & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET))
                == DeviceStatus.DRIVER_OK;
    }

    /**
     * Sets who hears of configuration changes, DEVICE_NEEDS_RESET among them; there is one listener at a time. Threads
     * asleep in {@link DriverQueue#awaitUsed} are woken besides. A listener that is given to the transport instead
     * takes
     * that away.
     *
     * @param listener is called on the device's thread and must return at once
     */
    public void onConfigChange(ConfigChangeListener listener) {
        configChangeListener = listener;
    }

    private void configChanged() {
        signals.wake();
        configChangeListener.onConfigChange();
    }

    /**
     * Reads configuration as of one moment: again if the generation moved meanwhile.
     *
     * @param offset first byte
     * @param lengthBytes how many
     * @return the bytes
     * @throws IndexOutOfBoundsException if there is no such place in any configuration
     * @throws TransportException if the configuration will not keep still; or is shorter, which {@code
     *     configLengthBytes} of the
     *     transport tells beforehand, of a device that does not change its mind
     */
    public byte[] readConfig(int offset, int lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, Integer.MAX_VALUE);
        return readConfigParts(offset, offset + lengthBytes)[0];
    }

    /**
     * Reads parts of the device-specific configuration, all as they were at one time, and nothing between them: a field whose
     * feature is not offered is no driver's to touch (VirtIO 1.2, 2.5.1 Driver Requirements: Device Configuration
     * Space).
     *
     * @param bounds where the first part begins, where it ends, where the second begins, and so on
     * @return the bytes of each
     * @throws IndexOutOfBoundsException if one of them is no part of any configuration
     * @throws IllegalArgumentException if there is no part, or the end of the last is missing
     * @throws TransportException as for {@link #readConfig}
     */
    public byte[][] readConfigParts(int... bounds) {
        if (bounds.length == 0 || bounds.length % 2 != 0) {
            throw new IllegalArgumentException("each part has two bounds, and there are " + bounds.length);
        }
        for (int bound = 0; bound < bounds.length; bound += 2) {
            Objects.checkFromToIndex(bounds[bound], bounds[bound + 1], Integer.MAX_VALUE);
        }
        return ConfigSnapshot.read(transport, bounds);
    }

    /**
     * {@return the largest size that the device takes for a queue, or 0 if there is no such queue} The device is
     * asked once between
     * two resets: it cannot take back what a driver has gone by.
     *
     * @param index which queue
     */
    public int maxQueueSize(int index) {
        return maxQueueSizes.computeIfAbsent(index, transport::maxQueueSize);
    }

    /**
     * Resets the device and waits until it shows that it is done. Afterwards the device owns no buffer any more, and
     * its
     * queues answer {@link DriverQueue#BROKEN}: what was in flight comes back through {@link DriverQueue#cancelAll}.
     *
     * <p>Threads in {@link DriverQueue#awaitUsed} on a signal of this session are woken, and waited for until they
     * are out of
     * it, with the handlers that they call: afterwards none of them touches a queue or takes a buffer. A handler may
     * call
     * this itself, and is not waited for. A thread that polls in any other way must have ended before.
     *
     * @throws TransportException if it does not within 5 seconds, or if 5 seconds later a thread is still in such a
     *     wait. This
     *     may be called again
     */
    public void reset() {
        askForReset();
        long deadlineNanos = System.nanoTime() + resetTimeoutNanos;
        while (transport.status() != DeviceStatus.RESET) {
            lookAgain(deadlineNanos, "shows status " + transport.status() + ", not 0,");
        }
        status = DeviceStatus.RESET;
        features = Features.NONE;
        maxQueueSizes.clear();
        queues.retire();
        signals.end(resetTimeoutNanos);
        // Last, since it can fail: by now nobody takes the queues for working ones.
        if (memoryMapped) {
            transport.dmaMapper().unmapAll();
            memoryMapped = false;
        }
    }

    /**
     * A transport that has been closed takes no status any more; where it shows 0, the reset is complete all the
     * same.
     */
    private void askForReset() {
        try {
            transport.writeStatus(DeviceStatus.RESET);
        } catch (TransportException | IllegalStateException e) {
            if (transport.status() != DeviceStatus.RESET) {
                throw e;
            }
        }
    }

    /**
     * Resets the device, then gives the memory of rings and tables back to its arena. The transport stays open. Of
     * the queues,
     * only {@link DriverQueue#cancelAll} may be called afterwards.
     *
     * @throws TransportException if the reset does not end: the device, or a thread that waits, may still use them,
     *     and they
     *     stay allocated
     */
    @Override
    public void close() {
        reset();
        queues.free();
    }
}
