// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/**
 * A device in the same process, served by a thread of its own.
 *
 * <pre>
 *    driver's thread                         device's thread
 *    Transport calls  --- control block ---&gt; DeviceSession
 *    DriverQueue      &lt;------- rings ------&gt; DeviceQueue
 *    Doorbell         ------- unpark ------&gt;
 *    CallSink         &lt;-----------------------
 * </pre>
 *
 * <p>One thread at a time drives it. A register write waits for the device's answer, at most 5 seconds; if the device's
 * thread has ended, it fails at once with {@link TransportException}.
 */
public final class InProcessTransport implements Transport {
    private static final long ANSWER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int CLOSE_TIMEOUT_MILLIS = 5_000;
    private static final int NOTIFICATION_DATA_MASK = 0xFFFF;
    private static final int SPINS_BEFORE_PARK = 1_000;
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final VirtioDevice device;
    private final ConfigSpace config;
    private final GuestMemory memory;
    private final ControlBlock control;
    private final DeviceSession session;
    private final DeviceThread deviceThread;
    private final AgentRunner runner;
    private final boolean polls;
    private volatile ConfigChangeListener listener = () -> {};
    private volatile boolean deviceStopped;
    private boolean ownsThread = true;
    private boolean closed;

    // What goes with a request. Plain: the driver writes before the request word, the device reads after it (H).
    private Features acknowledged = Features.NONE;
    private ActivatedQueue[] activated = {};
    private int configWriteOffset;
    private byte[] configWriteBytes = {};
    private int resetQueueIndex;

    private record ActivatedQueue(QueueConfig config, CallSink callSink) {}

    private InProcessTransport(
            VirtioDevice device,
            GuestMemory memory,
            ControlBlock control,
            PlatformFeatures platform,
            DeviceIdle idle,
            DeviceSleep sleep,
            ErrorHandler errorHandler) {
        this.control = control;
        this.device = device;
        this.config = device.config();
        this.memory = memory;
        this.polls = idle == DeviceIdle.SPIN;
        this.session = new DeviceSession(device, memory, platform, this::statusChanged, errorHandler);
        this.deviceThread = new DeviceThread(this, session, idle, sleep);
        this.runner = new AgentRunner(deviceThread, errorHandler, null, deviceThread);
    }

    /**
     * Starts a device's thread. The device is in the state after power-on.
     *
     * @param device the device; from now on only its thread touches it
     * @param memory what driver and device share
     * @param idle what the thread does when there is nothing to do
     * @param errorHandler is told, on the device's thread, what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static InProcessTransport start(
            VirtioDevice device, GuestMemory memory, DeviceIdle idle, ErrorHandler errorHandler) {
        return start(device, memory, PlatformFeatures.NONE, idle, errorHandler);
    }

    /**
     * Starts the thread of a device that is notified and sleeps as told.
     *
     * @param device the device; from now on only its thread touches it
     * @param memory what driver and device share
     * @param sleep when the thread falls asleep, and whether it ever wakes by itself
     * @param errorHandler is told, on the device's thread, what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static InProcessTransport start(
            VirtioDevice device, GuestMemory memory, DeviceSleep sleep, ErrorHandler errorHandler) {
        return start(device, memory, PlatformFeatures.NONE, DeviceIdle.NOTIFIED, sleep, errorHandler);
    }

    /**
     * Starts a device's thread, on a platform that offers something of its own. Memory is shared as it is, so nothing needs
     * to be mapped for ACCESS_PLATFORM; with NOTIF_CONFIG_DATA a queue goes by a number that is not its index.
     *
     * @param device the device; from now on only its thread touches it
     * @param memory what driver and device share
     * @param platform what is offered and required beside the features of the device and its queues
     * @param idle what the thread does when there is nothing to do
     * @param errorHandler is told, on the device's thread, what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static InProcessTransport start(
            VirtioDevice device,
            GuestMemory memory,
            PlatformFeatures platform,
            DeviceIdle idle,
            ErrorHandler errorHandler) {
        return start(device, memory, platform, idle, DeviceSleep.DEFAULT, errorHandler);
    }

    private static InProcessTransport start(
            VirtioDevice device,
            GuestMemory memory,
            PlatformFeatures platform,
            DeviceIdle idle,
            DeviceSleep sleep,
            ErrorHandler errorHandler) {
        InProcessTransport transport =
                new InProcessTransport(device, memory, new ControlBlock(), platform, idle, sleep, errorHandler);
        device.attach(transport.deviceThread::wake);
        AgentRunner.startOnThread(transport.runner, runnable -> {
            Thread thread = new Thread(runnable, transport.deviceThread.roleName() + "-" + device.deviceId());
            // A driver that forgets to close its device must not keep the process alive.
            thread.setDaemon(true);
            return thread;
        });
        return transport;
    }

    /**
     * Makes a device that runs as an agent of the caller's: in an {@code AgentRunner} with any idle strategy, as a part of
     * a {@code CompositeAgent}, or in an {@code AgentInvoker}, on the driver's own thread too. It asks for no kicks: the
     * agent's duty cycle is what looks at the queues.
     *
     * <p>Start {@link #agent()} before the transport is used. On the driver's own thread a register write runs the agent
     * until it has answered; the driver invokes it wherever it waits for a used buffer. Closing the transport resets the
     * device and leaves its agent to the caller.
     *
     * @param device the device; from now on only its agent's thread touches it
     * @param memory what driver and device share
     * @param errorHandler is told, on the device's thread, what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static InProcessTransport forAgent(VirtioDevice device, GuestMemory memory, ErrorHandler errorHandler) {
        return forAgent(device, memory, new ControlBlock(), errorHandler);
    }

    static InProcessTransport forAgent(
            VirtioDevice device, GuestMemory memory, ControlBlock control, ErrorHandler errorHandler) {
        InProcessTransport transport = new InProcessTransport(
                device, memory, control, PlatformFeatures.NONE, DeviceIdle.SPIN, DeviceSleep.DEFAULT, errorHandler);
        transport.ownsThread = false;
        device.attach(transport.deviceThread::wake);
        return transport;
    }

    /**
     * {@return the device as an agent}
     *
     * @throws IllegalStateException if the device has a thread of its own
     */
    public Agent agent() {
        if (ownsThread) {
            throw new IllegalStateException("this device runs on a thread of its own; see forAgent");
        }
        return deviceThread;
    }

    // --- the device's thread -----------------------------------------------------------------------------------

    int answerRequests() {
        int request = control.poll();
        if (request == 0) {
            return 0;
        }
        boolean yes = false;
        try {
            yes = execute(request);
            if (polls) {
                session.disableNotifications();
            }
        } finally {
            // Also when an error handler or a listener throws: the driver waits, and nothing may be done twice.
            control.answer(request, yes, session.status());
        }
        return 1;
    }

    /** Does what the driver asks; the answer is what it asks for with IS_QUEUE_RESET. */
    private boolean execute(int request) {
        switch (ControlBlock.command(request)) {
            case ControlBlock.WRITE_CONFIG -> session.writeConfig(configWriteOffset, configWriteBytes);
            case ControlBlock.ENABLE_QUEUE -> configureQueues();
            case ControlBlock.RESET_QUEUE -> session.resetQueue(resetQueueIndex);
            case ControlBlock.IS_QUEUE_RESET -> {
                return session.isQueueReset(resetQueueIndex);
            }
            default -> {
                session.acknowledgeFeatures(acknowledged);
                configureQueues();
                session.writeStatus(ControlBlock.value(request));
            }
        }
        return false;
    }

    /** Those that the device has been told of before it does not look at again. */
    private void configureQueues() {
        for (ActivatedQueue queue : activated) {
            session.configureQueue(queue.config, queue.callSink);
        }
    }

    boolean isRequestPending() {
        return control.poll() != 0;
    }

    private void statusChanged() {
        control.showStatus(session.status());
        listener.onConfigChange();
    }

    void stopped(boolean died) {
        deviceStopped = true;
        // An agent that its user closes takes its device with it all the same.
        if (died || (session.status() & DeviceStatus.DRIVER_OK) != 0) {
            control.showStatus(session.status() | DeviceStatus.DEVICE_NEEDS_RESET);
        }
        // After a reset too: a thread that still sleeps for a used buffer is to look at the status.
        listener.onConfigChange();
    }

    // --- the driver's thread -----------------------------------------------------------------------------------

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return session.offeredFeatures();
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        if ((status() & DeviceStatus.FEATURES_OK) != 0) {
            throw new IllegalStateException(
                    "features cannot be acknowledged after FEATURES_OK: " + features + " at status " + status());
        }
        acknowledged = features;
    }

    @Override
    public int status() {
        return control.status();
    }

    @Override
    public void writeStatus(int status) {
        if (status == DeviceStatus.RESET) {
            acknowledged = Features.NONE;
            activated = new ActivatedQueue[0];
        }
        request(ControlBlock.WRITE_STATUS, status, "write status " + status);
    }

    private void request(int command, int value, String what) {
        int serial = control.request(command, value);
        deviceThread.wake();
        long deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT_NANOS;
        for (int spins = 0; !control.isAnswered(serial); spins++) {
            if (deviceStopped) {
                throw new TransportException("cannot " + what + ": the device's thread has ended");
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("cannot " + what + ": the device has not answered for "
                        + TimeUnit.NANOSECONDS.toSeconds(ANSWER_TIMEOUT_NANOS) + " s");
            }
            if (deviceThread.isCurrent()) {
                serveHere(what);
            } else if (spins < SPINS_BEFORE_PARK) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PARK_NANOS);
            }
        }
    }

    /** The driver's thread is the device's too: nobody else will answer. */
    private void serveHere(String what) {
        try {
            deviceThread.doWork();
        } catch (AgentTerminationException e) {
            stopped(true);
            throw new TransportException("cannot " + what + ": the device has died", e);
        }
    }

    @Override
    public int configGeneration() {
        long deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT_NANOS;
        int generation = config.generation();
        // Odd: the device is in the middle of a change, and a reader that began now could see part of it.
        while ((generation & 1) != 0) {
            if (deviceStopped || System.nanoTime() - deadlineNanos > 0) {
                throw new TransportException("the device began to change its configuration and did not finish");
            }
            Thread.onSpinWait();
            generation = config.generation();
        }
        return generation;
    }

    @Override
    public int configLengthBytes() {
        return config.lengthBytes();
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        config.read(offset, destination);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        if (offset < 0 || source.length > config.lengthBytes() - offset) {
            throw new IndexOutOfBoundsException("offset " + offset + ", " + source.length
                    + " bytes, in a configuration of " + config.lengthBytes() + " bytes");
        }
        configWriteOffset = offset;
        configWriteBytes = source.clone();
        request(ControlBlock.WRITE_CONFIG, 0, "write configuration");
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public Optional<SharedMemory> sharedMemoryRegion(int id) {
        return device.sharedMemoryRegion(id);
    }

    @Override
    public int notificationData(int queueIndex) {
        // Any number does, and this one is never the index: a driver that mistakes one for the other is found out.
        return queueIndex ^ NOTIFICATION_DATA_MASK;
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
    public Doorbell activate(QueueConfig queue, CallSink callSink) {
        int max = maxQueueSize(queue.index());
        if (queue.size() > max) {
            throw new IllegalArgumentException(
                    "queue " + queue.index() + " takes at most " + max + " descriptors, not " + queue.size());
        }
        ActivatedQueue[] more = Arrays.copyOf(activated, activated.length + 1);
        more[activated.length] = new ActivatedQueue(queue, callSink);
        activated = more;
        if ((control.status() & DeviceStatus.DRIVER_OK) != 0) {
            request(ControlBlock.ENABLE_QUEUE, 0, "enable queue " + queue.index());
        }
        return payload -> deviceThread.wake();
    }

    @Override
    public void resetQueue(int queueIndex) {
        activated = Arrays.stream(activated)
                .filter(queue -> queue.config.index() != queueIndex)
                .toArray(ActivatedQueue[]::new);
        resetQueueIndex = queueIndex;
        request(ControlBlock.RESET_QUEUE, 0, "reset queue " + queueIndex);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        resetQueueIndex = queueIndex;
        request(ControlBlock.IS_QUEUE_RESET, 0, "ask whether queue " + queueIndex + " is reset");
        return control.isYes();
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!deviceStopped) {
                writeStatus(DeviceStatus.RESET);
            }
        } finally {
            closeThread();
        }
    }

    private void closeThread() {
        if (ownsThread) {
            deviceThread.stopSleeping();
            runner.close(CLOSE_TIMEOUT_MILLIS, this::reportStuck);
        } else {
            // The agent goes on without a driver; see stopped().
            listener.onConfigChange();
        }
    }

    private void reportStuck(Thread stuck) {
        throw new TransportException(stuck.getName() + " did not end within " + CLOSE_TIMEOUT_MILLIS + " ms, at "
                + (stuck.getStackTrace().length > 0 ? stuck.getStackTrace()[0] : "an unknown place"));
    }
}
