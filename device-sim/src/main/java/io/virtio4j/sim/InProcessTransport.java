// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.QueueState;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.ParkStrategy;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;

/**
 * A device in the same process, served by a thread of its own, or by several.
 *
 * <pre>
 *    driver's thread                         device's thread
 *    Transport calls  --- control block ---&gt; DeviceSession
 *    DriverQueue      &lt;------- rings ------&gt; DeviceQueue
 *    Doorbell         ------- unpark ------&gt;
 *    CallSink         &lt;-----------------------
 * </pre>
 *
 * <p>With {@linkplain InProcessOptions#workers workers} the device's thread keeps the registers, and worker threads have the
 * queues: a doorbell wakes the one that serves its queue. See {@link io.virtio4j.device.QueueWorker}.
 *
 * <p>One thread at a time drives it; the driver's half of a queue and its doorbell may have a thread of their own. A register
 * write waits for the device's answer, at most 5 seconds; if the device's thread has ended, it fails at once with
 * {@link TransportException}.
 */
public final class InProcessTransport implements Transport {
    private static final int NOTIFICATION_DATA_MASK = 0xFFFF;

    private final VirtioDevice device;
    private final ConfigSpace config;
    private final GuestMemory memory;
    private final DeviceRegisters deviceEnd;
    private final DriverRegisters registers;
    private final QueueRegisters queues;
    private final ServingThreads threads;
    private final ParkStrategy servingPark;
    private boolean ownsThread = true;
    private boolean closed;

    /** What the driver has acknowledged since the last reset; what was agreed on, from FEATURES_OK on. */
    private Features acknowledged = Features.NONE;

    private InProcessTransport(
            VirtioDevice device,
            GuestMemory memory,
            ControlBlock control,
            InProcessOptions options,
            long answerTimeoutNanos,
            ErrorHandler errorHandler) {
        this.device = device;
        this.config = device.config();
        this.memory = memory;
        boolean polls = options.idle() == DeviceIdle.SPIN;
        this.deviceEnd = new DeviceRegisters(control, device, memory, options.platform(), polls, errorHandler);
        this.threads = new ServingThreads(device, deviceEnd, options, errorHandler);
        this.registers = new DriverRegisters(control, deviceEnd, threads.deviceThread(), answerTimeoutNanos);
        this.queues = new QueueRegisters(registers);
        this.servingPark = new ServingPark(threads.deviceThread(), deviceEnd, errorHandler);
        threads.attach();
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
        return start(device, memory, InProcessOptions.DEFAULTS.withIdle(idle), errorHandler);
    }

    /**
     * Starts a device's thread, or several. The device is in the state after power-on.
     *
     * @param device the device; from now on only its threads touch it
     * @param memory what driver and device share
     * @param options how many threads, how they idle, and what the platform offers
     * @param errorHandler is told, on the device's threads, what a driver broke or the device itself; with several workers, by
     *     several at a time
     * @return the transport for a driver
     * @throws IllegalArgumentException if several threads are to serve the queues of a device that is not made for that
     */
    public static InProcessTransport start(
            VirtioDevice device, GuestMemory memory, InProcessOptions options, ErrorHandler errorHandler) {
        InProcessTransport transport = new InProcessTransport(
                device, memory, new ControlBlock(), options, DriverRegisters.ANSWER_TIMEOUT_NANOS, errorHandler);
        transport.threads.start();
        return transport;
    }

    /**
     * Makes a device that runs as an agent of the caller's: in an {@code AgentRunner} with any idle strategy, as a part of
     * a {@code CompositeAgent}, or in an {@code AgentInvoker}, on the driver's own thread too. It asks for no kicks: the
     * agent's duty cycle is what looks at the queues.
     *
     * <p>Start {@link #agent()} before the transport is used. On the driver's own thread a register write runs the agent
     * until it has answered, and a sleep in {@code DriverQueue.awaitUsed} runs it too; a driver that spins invokes it
     * wherever it waits for a used buffer. The thread that starts the agent is the one that runs it: on any other a wait
     * leaves it alone. Closing the transport resets the device and leaves its agent to the caller.
     *
     * @param device the device; from now on only its agent's thread touches it
     * @param memory what driver and device share
     * @param errorHandler is told, on the device's thread, what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static InProcessTransport forAgent(VirtioDevice device, GuestMemory memory, ErrorHandler errorHandler) {
        return forAgent(device, memory, new ControlBlock(), DriverRegisters.ANSWER_TIMEOUT_NANOS, errorHandler);
    }

    static InProcessTransport forAgent(
            VirtioDevice device,
            GuestMemory memory,
            ControlBlock control,
            long answerTimeoutNanos,
            ErrorHandler errorHandler) {
        InProcessTransport transport = new InProcessTransport(
                device,
                memory,
                control,
                InProcessOptions.DEFAULTS.withIdle(DeviceIdle.SPIN),
                answerTimeoutNanos,
                errorHandler);
        transport.ownsThread = false;
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
        return threads.deviceThread();
    }

    // --- the driver's thread -----------------------------------------------------------------------------------

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return deviceEnd.offeredFeatures();
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        requireOpen("acknowledge features");
        if (registers.hasStatus(DeviceStatus.FEATURES_OK)) {
            throw new IllegalStateException(
                    "features cannot be acknowledged after FEATURES_OK: " + features + " at status " + status());
        }
        acknowledged = features;
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new TransportException("cannot " + what + ": the transport is closed");
        }
    }

    @Override
    public int status() {
        return registers.status();
    }

    @Override
    public void writeStatus(int status) {
        String what = "write status " + status;
        requireOpen(what);
        if (status == DeviceStatus.RESET) {
            reset();
        } else {
            registers.request(RegisterRequest.writeStatus(status, acknowledged, queues.activated()), what);
        }
    }

    private void reset() {
        acknowledged = Features.NONE;
        queues.clear();
        registers.reset(RegisterRequest.writeStatus(DeviceStatus.RESET, Features.NONE, List.of()), "write status 0");
    }

    @Override
    public int configGeneration() {
        long deadlineNanos = System.nanoTime() + DriverRegisters.ANSWER_TIMEOUT_NANOS;
        int generation = config.generation();
        // Odd: the device is in the middle of a change, and a reader that began now could see part of it.
        while ((generation & 1) != 0) {
            if (deviceEnd.isStopped() || System.nanoTime() - deadlineNanos > 0) {
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
        requireOpen("write configuration");
        registers.request(RegisterRequest.writeConfig(offset, source.clone()), "write configuration");
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
    public ParkStrategy parkStrategy() {
        return ownsThread ? ParkStrategy.THREAD : servingPark;
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
        requireOpen("set up queue " + queue.index());
        queues.activate(queue, callSink);
        KickSleep serving = threads.servingQueue(queue.index());
        return payload -> serving.wake();
    }

    @Override
    public void resetQueue(int queueIndex) {
        requireOpen("reset queue " + queueIndex);
        queues.reset(queueIndex, acknowledged);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        requireOpen("ask whether queue " + queueIndex + " is reset");
        return queues.isReset(queueIndex);
    }

    /**
     * Stops a queue where it stands, as a machine does whose guest is saved or moved. The driver's half knows nothing of it:
     * what is in flight stays so, what is offered meanwhile lies in the ring, and nobody looks. The device's other queues go
     * on. A queue that is stopped already answers again where it stands.
     *
     * <p>The thread that uses the transport calls this, like a register write; the driver's half of the queue may be used
     * meanwhile. Waits until the device has let go of the chains that it has in hand: they are part of the state, and are
     * given to the device again when the queue goes on. VirtIO has no such thing; it is what vhost-user's GET_VRING_BASE
     * does.
     *
     * @param queueIndex which queue
     * @return where it stands: for {@link #startQueue} here, or behind another transport over the same memory, in another
     *     process too; see {@link QueueState#toBytes()}
     * @throws IllegalStateException if that queue is not set up, or the device does not work
     * @throws TransportException if the device does not let go of its chains within 5 seconds, or needs a reset. In the former
     *     case the queue takes nothing any more, and this may be called again
     */
    public QueueState stopQueue(int queueIndex) {
        requireOpen("stop queue " + queueIndex);
        return queues.stop(queueIndex);
    }

    /**
     * Lets a queue go on from where it, or one of another transport over the same memory, was stopped: the device does first
     * what was in hand, then what the driver has offered meanwhile, and calls the driver once if it might not have been. A
     * queue that was stopped here goes on at once. Before DRIVER_OK this is for a queue that comes from elsewhere: it is set
     * up as it was there, and begins from the state at DRIVER_OK.
     *
     * <p>The thread that uses the transport calls this, like a register write.
     *
     * @param queueIndex which queue
     * @param state where it stood
     * @throws IllegalArgumentException if the state is of a queue of another format or size
     * @throws IllegalStateException if that queue is not set up, or works
     * @throws TransportException if the device needs a reset, before this or because of the state
     */
    public void startQueue(int queueIndex, QueueState state) {
        requireOpen("start queue " + queueIndex);
        queues.start(queueIndex, state);
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        deviceEnd.onConfigChange(newListener);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            reset();
        } finally {
            closeThread();
        }
    }

    private void closeThread() {
        if (ownsThread) {
            threads.close();
        } else {
            // The agent goes on without a driver; see DeviceRegisters.stopped().
            deviceEnd.tellDriver();
        }
    }
}
