// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueWorker.Failure;
import io.virtio4j.device.SessionQueues.Setup;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle that every device shares: status, features, queues, reset. A transport translates its registers or
 * messages into calls here and lets {@link #service()} run.
 *
 * <p>One thread, the device's; queues may be {@linkplain #handOver handed over} to others. Nothing here throws for what a driver does: a wrong step is refused, or ends in
 * DEVICE_NEEDS_RESET with one message to the error handler. What an error handler or a listener throws comes out of here,
 * after the status has changed.
 *
 * <p>VirtIO 1.2, 2.1 Device Status Field, 2.2 Feature Bits, 2.4 Device Reset and 3.1 Device Initialization.
 */
public final class DeviceSession {
    /** Features of queues and negotiation that this library's device half has. */
    public static final Features RING_FEATURES = Features.of(
            FeatureBits.VERSION_1,
            FeatureBits.INDIRECT_DESC,
            FeatureBits.EVENT_IDX,
            FeatureBits.RING_PACKED,
            FeatureBits.IN_ORDER,
            FeatureBits.NOTIFICATION_DATA,
            FeatureBits.RING_RESET);

    private static final int STATUS_BITS = 0xFF;

    private final VirtioDevice device;
    private final DeviceOffer offer;
    private final ConfigChangeListener configChange;
    private final ErrorHandler errorHandler;
    private final SessionQueues queues;
    private Features acknowledged = Features.NONE;
    private int status;

    /** An Error of a worker's has come out of here; what follows it is only told. */
    private boolean errorThrown;

    /** The configuration that the driver knows of, or will hear of. */
    private int configGeneration;

    /**
     * Makes a session in the state after power-on, where the platform asks for nothing.
     *
     * @param device the device
     * @param memory the guest's memory
     * @param configChange is told of DEVICE_NEEDS_RESET, and when the device has changed its configuration
     * @param errorHandler is told once of each thing that went wrong
     * @throws IllegalArgumentException if no driver could ever make sense of what the device says of itself: it offers
     *     features that are reserved or not its own, or without what they build on, or has more than 65536 queues
     */
    public DeviceSession(
            VirtioDevice device, GuestMemory memory, ConfigChangeListener configChange, ErrorHandler errorHandler) {
        this(device, memory, PlatformFeatures.NONE, configChange, errorHandler);
    }

    /**
     * Makes a session in the state after power-on.
     *
     * @param device the device
     * @param memory the guest's memory
     * @param platform what the place where the device stands offers and requires
     * @param configChange is told of DEVICE_NEEDS_RESET, and when the device has changed its configuration
     * @param errorHandler is told once of each thing that went wrong
     * @throws IllegalArgumentException if no driver could ever make sense of what the device says of itself
     */
    public DeviceSession(
            VirtioDevice device,
            GuestMemory memory,
            PlatformFeatures platform,
            ConfigChangeListener configChange,
            ErrorHandler errorHandler) {
        this.offer = DeviceOffer.of(device, platform);
        this.device = device;
        this.configChange = configChange;
        this.errorHandler = errorHandler;
        this.queues = new SessionQueues(device, memory, errorHandler);
    }

    /**
     * Lets other threads serve the queues, before any is set up: queue i goes to worker i modulo their number. From here on
     * {@link #service()} does the rest: what the device has to do beside its queues, what workers report, queues that stop.
     *
     * <p>The session waits for a worker in a reset of the device only, at most 2 seconds; the reset is not complete if the
     * worker does not come back. A queue that is stopped or reset is let go of by its worker first, of which
     * {@link #queueState} and {@link #isQueueReset} tell. The error handler and the queues' call sinks are called by workers
     * too, by several at a time.
     *
     * @param count how many workers, more than 0
     * @param polls whether they never sleep, and want no kicks
     * @param wakeWorker wakes a worker's thread, given its number; returns at once
     * @param wakeSession has {@link #service()} called soon; run by the workers, returns at once
     * @return the workers, by number
     * @throws IllegalArgumentException if there is no worker, or the device's queues are for its own thread only:
     *     {@link VirtioDevice#servesQueuesConcurrently()}
     * @throws IllegalStateException if the queues have been handed over before, or the driver has begun
     */
    public List<QueueWorker> handOver(int count, boolean polls, IntConsumer wakeWorker, Runnable wakeSession) {
        if (status != DeviceStatus.RESET || !queues.workers().isEmpty()) {
            throw new IllegalStateException("queues are handed over once, before the driver begins: status " + status);
        }
        List<QueueWorker> workers = QueueWorker.create(device, count, polls, wakeSession);
        queues.handOver(new QueueWorkers(workers, wakeWorker));
        return workers;
    }

    /**
     * Tells what a device offers where the platform adds nothing.
     *
     * @param device the device
     * @return the features of its type and of its queues
     */
    public static Features offeredFeatures(VirtioDevice device) {
        return device.offeredFeatures().or(RING_FEATURES);
    }

    /** {@return what the device offers: features of its type, of its queues and of its place. Any thread} */
    public Features offeredFeatures() {
        return offer.features();
    }

    /** {@return the device status field} */
    public int status() {
        return status;
    }

    /**
     * The driver acknowledges features; they take effect when it sets FEATURES_OK, and cannot be changed after that.
     *
     * @param features what it acknowledges
     */
    public void acknowledgeFeatures(Features features) {
        if ((status & DeviceStatus.FEATURES_OK) == 0) {
            acknowledged = features;
        }
    }

    /**
     * The driver tells where a queue lies. Looked at when it sets DRIVER_OK; after that, only a queue that it has reset can
     * be set up, which starts at once, with nothing left of what it was before (VirtIO 1.2, 2.6.1.2 Virtqueue Re-enable).
     * Anything else is ignored after that; a queue that {@link #stopQueue} stopped needs its state to go on.
     *
     * @param config index, size and addresses
     * @param callSink gets the queue's used-buffer notifications
     */
    public void configureQueue(QueueConfig config, CallSink callSink) {
        setUp(new Setup(config.index(), config.size(), config.addresses(), callSink, null));
    }

    /**
     * As {@link #configureQueue(QueueConfig, CallSink)}, for a transport that passes on what the driver wrote into its
     * registers: any values. What no queue can be ends in DEVICE_NEEDS_RESET when the queue would start.
     *
     * @param index which queue
     * @param size how many descriptors
     * @param addresses where the parts lie
     * @param callSink gets the queue's used-buffer notifications
     */
    public void configureQueue(int index, int size, QueueAddresses addresses, CallSink callSink) {
        setUp(new Setup(index, size, addresses, callSink, null));
    }

    /**
     * Takes other memory for the guest's: queues that are set up from here on lie in it, and so do their buffers. Those that are
     * served already stay where they are; to move one, stop it and let it go on.
     *
     * @param memory the guest's memory
     */
    public void useMemory(GuestMemory memory) {
        queues.use(memory);
    }

    /**
     * As {@link #configureQueue(QueueConfig, CallSink)}, for a queue that goes on where it, or another device's, stopped:
     * {@link #stopQueue} and {@link #queueState}. After DRIVER_OK this takes a queue that was stopped or reset here, or one that
     * was never set up, which then starts at once. The driver notices nothing, but is called once more if it might not have
     * been. A state that does not fit the queue ends in DEVICE_NEEDS_RESET.
     *
     * @param config index, size and addresses, as they were
     * @param callSink gets the queue's used-buffer notifications
     * @param state where the queue stands
     */
    public void configureQueue(QueueConfig config, CallSink callSink, QueueState state) {
        setUp(new Setup(config.index(), config.size(), config.addresses(), callSink, state));
    }

    private void setUp(Setup setup) {
        if ((status & DeviceStatus.DRIVER_OK) == 0) {
            queues.configure(setup);
        } else if (isRunning() && queues.canRestart(setup.index(), setup.state() != null)) {
            guarded(() -> queues.restart(setup, acknowledged));
        }
    }

    /**
     * Stops one queue where it stands, so that it can go on later, here or in another process. No chain is taken any more;
     * {@link #queueState} has the answer as soon as the device has let go of the chains in hand, with {@link #service()} in
     * between if that takes longer. Nothing happens for a queue that is not served.
     *
     * @param queueIndex which queue; any value
     */
    public void stopQueue(int queueIndex) {
        if (isRunning()) {
            guarded(() -> {
                queues.stop(queueIndex);
                letGoOfQueues();
            });
        }
    }

    /**
     * {@return where a stopped queue stands; missing as long as it does not stand still, if it is broken, was reset or was
     * never stopped}
     *
     * @param queueIndex which queue; any value
     */
    public Optional<QueueState> queueState(int queueIndex) {
        return queues.state(queueIndex);
    }

    /**
     * The driver resets one queue. At once nothing of it is executed, nothing written and nobody called; the reset is
     * complete when {@link #isQueueReset} says so. Ignored unless RING_RESET was negotiated, the device runs, and serves
     * that queue.
     *
     * <p>VirtIO 1.2, 2.6.1.1.1 Device Requirements: Virtqueue Reset.
     *
     * @param queueIndex which queue; any value
     */
    public void resetQueue(int queueIndex) {
        if (!acknowledged.has(FeatureBits.RING_RESET) || !isRunning()) {
            return;
        }
        guarded(() -> queues.reset(queueIndex));
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /**
     * {@return whether the queue's reset is complete: the device touches neither its ring nor its buffers any more; never
     * for a queue that {@link #stopQueue} stopped and the driver did not reset}
     *
     * @param queueIndex which queue; any value
     */
    public boolean isQueueReset(int queueIndex) {
        return queues.isReset(queueIndex);
    }

    /**
     * The driver writes the device status field.
     *
     * @param written 0 to reset, else the bits so far and more
     * @return the status that the driver now reads
     */
    public int writeStatus(int written) {
        if (written == DeviceStatus.RESET) {
            reset();
            return status;
        }
        // A driver never clears a bit, DEVICE_NEEDS_RESET is not its to write, and there are no more than these.
        int added = written & STATUS_BITS & ~status & ~DeviceStatus.DEVICE_NEEDS_RESET;
        if ((added & DeviceStatus.FEATURES_OK) != 0 && !featuresAcceptable()) {
            added &= ~DeviceStatus.FEATURES_OK;
        }
        if ((added & DeviceStatus.DRIVER_OK) != 0 && ((status | added) & DeviceStatus.FEATURES_OK) == 0) {
            added &= ~DeviceStatus.DRIVER_OK;
        }
        status |= added;
        if ((added & DeviceStatus.DRIVER_OK) != 0) {
            start();
        }
        return status;
    }

    private boolean featuresAcceptable() {
        try {
            return offer.accepts(acknowledged);
        } catch (RuntimeException e) {
            fail(e);
            return false;
        }
    }

    private void start() {
        guarded(() -> {
            configGeneration = device.config().generation();
            queues.start(acknowledged);
        });
    }

    private void reset() {
        RuntimeException failure = resetDevice();
        // Status 0 would give the driver its memory back while the device may still be using it. After any other
        // failure
        // the driver is waiting for 0. Either way before the error handler, which may throw.
        status = failure instanceof ResetIncompleteException
                ? status | DeviceStatus.DEVICE_NEEDS_RESET
                : DeviceStatus.RESET;
        try {
            if (failure != null) {
                errorHandler.onError(failure);
            }
        } finally {
            // What workers met before is not to be held against the device as it is now.
            takeFailures();
        }
    }

    private @Nullable RuntimeException resetDevice() {
        try {
            queues.clear();
            acknowledged = Features.NONE;
            device.reset();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private boolean isRunning() {
        return (status & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET)) == DeviceStatus.DRIVER_OK;
    }

    /**
     * Serves all queues once, but for those that were handed over. Does nothing before DRIVER_OK (VirtIO 1.2, 2.1.2 Device
     * Requirements: Device Status Field) or in DEVICE_NEEDS_RESET. An {@link Error} that a worker met comes out of here.
     *
     * @return how much was done; 0 lets the thread idle
     */
    public int service() {
        int work = queues.workers().isEmpty() ? 0 : takeFailures();
        if (!isRunning()) {
            return work;
        }
        try {
            for (DeviceQueue queue : queues.servedHere()) {
                work += QueueWorker.serve(device, queue);
                if (queue.isBroken()) {
                    // The queue has told the error handler why.
                    needsReset();
                    return work;
                }
            }
            work += device.doWork();
            letGoOfQueues();
            notifyConfigChange();
        } catch (RuntimeException e) {
            fail(e);
        }
        return work;
    }

    /** What a worker met, as if it had been met here; of several, the first puts the device into DEVICE_NEEDS_RESET. */
    private int takeFailures() {
        int taken = 0;
        for (Failure failure = queues.workers().nextFailure();
                failure != null;
                failure = queues.workers().nextFailure()) {
            taken++;
            Throwable cause = failure.cause();
            if (cause instanceof Error e && !errorThrown) {
                errorThrown = true;
                throw e;
            } else if (cause instanceof RuntimeException e && isRunning()) {
                fail(e);
            } else if (cause != null) {
                // By now the device has failed for another reason, or was reset.
                errorHandler.onError(cause);
            } else if (isRunning()) {
                // The queue has told the error handler why.
                needsReset();
            }
        }
        return taken;
    }

    private void letGoOfQueues() {
        if (queues.letGo()) {
            // The queue has told the error handler why.
            needsReset();
        }
    }

    /** VirtIO 1.2, 2.3 Notifications: the driver is told that the configuration has changed. */
    private void notifyConfigChange() {
        int generation = device.config().generation();
        if (generation != configGeneration) {
            configGeneration = generation;
            configChange.onConfigChange();
        }
    }

    private void fail(RuntimeException cause) {
        try {
            errorHandler.onError(cause);
        } finally {
            // Whatever becomes of the message, the driver must learn of it.
            needsReset();
        }
    }

    private void needsReset() {
        status |= DeviceStatus.DEVICE_NEEDS_RESET;
        queues.halt();
        if ((status & DeviceStatus.DRIVER_OK) != 0) {
            configChange.onConfigChange();
        }
    }

    /**
     * {@return how many chains the device has taken and not completed, on all its queues; 0 after a reset. A queue that another
     * thread serves may have moved on meanwhile}
     */
    public int inFlight() {
        return queues.inFlight();
    }

    /**
     * Passes on what the driver wrote to the configuration; what lies outside it is ignored.
     *
     * @param offset first byte
     * @param source the bytes
     */
    public void writeConfig(int offset, byte[] source) {
        if (offset < 0 || source.length > device.config().lengthBytes() - offset) {
            return;
        }
        try {
            device.onConfigWrite(offset, source);
            // What changes because the driver asked for it is no news to the driver.
            configGeneration = device.config().generation();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /**
     * Asks the driver to kick, on every queue but those that were handed over.
     *
     * @return true if no queue had anything, so that the thread may sleep until kicked
     */
    public boolean enableNotifications() {
        boolean quiet = true;
        for (DeviceQueue queue : queues.servedHere()) {
            quiet &= queue.enableNotifications();
        }
        return quiet || !isRunning();
    }

    /** Asks the driver not to kick, on every queue but those that were handed over. */
    public void disableNotifications() {
        for (DeviceQueue queue : queues.servedHere()) {
            queue.disableNotifications();
        }
    }
}
