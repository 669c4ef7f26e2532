// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.PlatformFeatures;
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
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/**
 * A device without a thread, for the tests of drivers: it does something only when the test says {@link #step()}, on the
 * test's thread, and what it does is drawn from a seed. The same seed and the same driver make the same run.
 *
 * <pre>{@code
 * SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
 * DmaArena arena = new DmaArena(memory);
 * StepPlan plan = StepPlan.rough(42);                        // out of order, late, spurious calls; nothing lost
 * ChainHandler upper = (queueIndex, chain) -> {              // what the device does with a request
 *     chain.putByte(0, Character.toUpperCase(chain.getByte(0)));
 *     return 1;
 * };
 * SteppedDevice device = new SteppedDevice(new DeviceType(63, Features.NONE, 1, 64, 0), upper, plan);
 * SteppedTransport transport = SteppedTransport.of(device, GuestMemory.of(memory), errors::add);
 *
 * DriverSession session = DriverSession.open(transport, SPEC);   // or the driver under test
 * ActiveQueue active = session.setUpQueue(0, 8, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
 * session.driverOk();
 *
 * DmaBuffer letter = arena.allocate(1, 1);
 * memory.putByte(letter.offset(), 'a');
 * DmaBuffer answer = arena.allocate(1, 1);
 * active.queue().offer(new BufferChain(2).addReadable(letter).addWritable(answer), 7);
 * active.queue().kick(active.doorbell());
 * transport.run(100);                                        // until there is nothing left to do
 * assertThat(memory.getByte(answer.offset())).isEqualTo('A');
 * }</pre>
 *
 * <p>A step is one of: a kick arrives, a call arrives, the driver is told of a change, a queue is served, the device does its
 * own work; which one is drawn. Of a {@link SteppedDevice}, serving takes one chain and work completes one (or one batch); of
 * another device it is one call of {@link VirtioDevice#onQueue} or {@link VirtioDevice#doWork}. The device sleeps as a real
 * one does: a queue on which nothing was found is served again only when a kick arrives. Register writes take effect at once.
 *
 * <p>A driver that waits inside its own methods makes the device step. One that sleeps in {@code DriverQueue.awaitUsed} does
 * so by itself: instead of each sleep there is a step ({@link #parkStrategy()}). One that spins is given
 * {@link #idleStrategy()}: each time that it finds nothing, there is a step. Either way its time-outs remain those of the
 * clock, and end every wait: also the wait for what this device will never do.
 *
 * <p>One thread at a time uses a transport and its device. An {@link Error} out of the device, such as a failed assertion in
 * its handler, comes out of the step that caused it, and the device is then dead.
 *
 * <p>VirtIO 1.2, chapter 2 Basic Facilities of a Virtio Device.
 */
public final class SteppedTransport implements Transport {
    private static final int NOTIFICATION_DATA_MASK = 0xFFFF;

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final StepPlan plan;
    private final DeviceSession session;
    private final StepUnits units;
    private final StepRegisters registers;
    private ConfigChangeListener listener = () -> {};
    private boolean stalled;
    private boolean dead;
    private boolean closed;
    private long steps;

    private SteppedTransport(
            VirtioDevice device,
            GuestMemory memory,
            StepPlan plan,
            PlatformFeatures platform,
            ErrorHandler errorHandler) {
        this.device = device;
        this.memory = memory;
        this.plan = plan;
        OneUnitDevice oneUnit = new OneUnitDevice(device);
        SplittableRandom random = new SplittableRandom(plan.seed());
        // Told in a step of its own: the listener is the driver's, and may want to reset the device.
        this.session = new DeviceSession(oneUnit, memory, platform, this::configChanged, errorHandler);
        this.units = new StepUnits(oneUnit, session, plan, random);
        this.registers = new StepRegisters(this, session, units, plan.resetDelaySteps());
        device.attach(units::wake);
    }

    private void configChanged() {
        units.configChanged();
    }

    /**
     * Makes a transport to a device of any kind, in the state after power-on.
     *
     * @param device the device
     * @param memory what driver and device share
     * @param plan how notifications and resets behave; the completions are the device's own affair
     * @param errorHandler is told what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static SteppedTransport of(
            VirtioDevice device, GuestMemory memory, StepPlan plan, ErrorHandler errorHandler) {
        return of(device, memory, plan, PlatformFeatures.NONE, errorHandler);
    }

    /**
     * Makes a transport to a device of any kind on a platform that offers something of its own. Memory is shared as it is, so
     * nothing needs to be mapped for ACCESS_PLATFORM; with NOTIF_CONFIG_DATA a queue goes by a number that is not its index.
     *
     * @param device the device
     * @param memory what driver and device share
     * @param plan how notifications and resets behave; the completions are the device's own affair
     * @param platform what is offered and required beside the features of the device and its queues
     * @param errorHandler is told what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static SteppedTransport of(
            VirtioDevice device,
            GuestMemory memory,
            StepPlan plan,
            PlatformFeatures platform,
            ErrorHandler errorHandler) {
        return new SteppedTransport(device, memory, plan, platform, errorHandler);
    }

    /**
     * Makes a transport to a stepped device that follows the device's plan, in the state after power-on.
     *
     * @param device the device
     * @param memory what driver and device share
     * @param errorHandler is told what a driver broke or the device itself
     * @return the transport for a driver
     */
    public static SteppedTransport of(SteppedDevice device, GuestMemory memory, ErrorHandler errorHandler) {
        return of(device, memory, device.plan(), errorHandler);
    }

    // --- what the test does ------------------------------------------------------------------------------------

    /**
     * Lets time pass by one step, in which the device does at most one thing.
     *
     * @return whether there was something to do; there may be later, see {@link #isQuiet()}
     */
    public boolean step() {
        steps++;
        if (stalled || dead) {
            return false;
        }
        try {
            return units.doOne(steps, listener);
        } catch (Error e) {
            die();
            throw e;
        }
    }

    /**
     * Makes steps until the device is quiet.
     *
     * @param maxSteps at most so many
     * @return how many it took
     * @throws IllegalStateException if it is still at work after that; the message has the seed
     */
    public int run(int maxSteps) {
        int taken = 0;
        while (!isQuiet()) {
            if (taken == maxSteps) {
                throw new IllegalStateException("still at work after " + maxSteps + " steps: " + this);
            }
            step();
            taken++;
        }
        return taken;
    }

    /**
     * Makes steps until something that the test waits for has happened.
     *
     * @param done whether it has
     * @param maxSteps at most so many
     * @return how many it took
     * @throws IllegalStateException if it has not after that, or if it has not and nothing will happen any more; the message
     *     has the seed
     */
    public int runUntil(BooleanSupplier done, int maxSteps) {
        int taken = 0;
        while (!done.getAsBoolean()) {
            if (taken == maxSteps || isQuiet()) {
                throw new IllegalStateException("what was waited for has not happened after " + taken + " steps, and "
                        + (isQuiet() ? "nothing is left to do: " : "the bound is reached: ") + this);
            }
            step();
            taken++;
        }
        return taken;
    }

    /**
     * {@return whether steps do nothing any more until driver or test do something: no notification is under way, all queues
     * sleep, the device has no work of its own; or the device is stalled or dead}
     */
    public boolean isQuiet() {
        return stalled || dead || units.isQuiet();
    }

    /**
     * {@return an idle strategy that makes a step, for a driver that waits inside its own methods}
     *
     * <p>When the device is quiet it does nothing, and the driver waits until its own bound is reached.
     */
    public IdleStrategy idleStrategy() {
        return new SteppingIdleStrategy(this);
    }

    /**
     * {@return what makes a step where the driver's thread would sleep}
     *
     * <p>When the device is quiet the thread does sleep, at most a millisecond at a time, until its own bound is reached.
     */
    @Override
    public ParkStrategy parkStrategy() {
        return new SteppingIdleStrategy(this);
    }

    /**
     * Holds kicks back, those under way included, or lets them go on.
     *
     * @param held whether to
     */
    public void holdKicks(boolean held) {
        units.kicks.hold(held);
    }

    /**
     * Holds calls back, those under way included, or lets them go on.
     *
     * @param held whether to
     */
    public void holdCalls(boolean held) {
        units.calls.hold(held);
    }

    /**
     * Loses the kicks that are under way.
     *
     * @return how many there were
     */
    public int loseKicks() {
        return units.kicks.lose();
    }

    /**
     * Loses the calls that are under way.
     *
     * @return how many there were
     */
    public int loseCalls() {
        return units.calls.lose();
    }

    /**
     * Sends a call that no used buffer is the reason for, as a device may at any time (VirtIO 1.2, 2.7.7.1 Driver
     * Requirements: Used Buffer Notification Suppression).
     *
     * @param queueIndex which queue the driver is told to look at
     */
    public void callWithoutReason(int queueIndex) {
        units.calls.addExtra(queueIndex, steps);
    }

    /**
     * The device fails, as one does that met a mistake of its own: it shows DEVICE_NEEDS_RESET, tells the driver in a later
     * step, and serves nothing until it is reset (VirtIO 1.2, 2.1.2 Device Requirements: Device Status Field).
     *
     * @param reason for the error handler
     * @throws IllegalStateException if the device is not running
     */
    public void fail(String reason) {
        if (stalled || dead || !units.fail(new DeviceFailure(reason))) {
            throw new IllegalStateException("a device that does not run cannot fail: " + this);
        }
    }

    /**
     * The device stops doing anything. Its registers can be read and not written: a write throws {@link TransportException},
     * as a transport does whose bound is reached.
     */
    public void stall() {
        stalled = true;
    }

    /** A stalled device goes on. */
    public void resume() {
        stalled = false;
    }

    /** The device is gone for good: DEVICE_NEEDS_RESET is shown, the driver is told, a register write throws. */
    public void die() {
        if (!dead) {
            dead = true;
            listener.onConfigChange();
        }
    }

    /**
     * Stops a queue where it stands, between two steps; its notifications under way still arrive. Steps pass until the device
     * has let go of the chains that it has in hand, for which a {@link SteppedDevice} needs none: they are part of the
     * state, dropped ones too.
     *
     * @param queueIndex which queue
     * @return where it stands, for {@link #startQueue} here or behind another transport over the same memory; see
     *     {@link QueueState#toBytes()}
     * @throws IllegalStateException if that queue is not set up, or the device does not work
     * @throws TransportException if the device does not let go within 5 seconds, needs a reset, is stalled or dead
     */
    public QueueState stopQueue(int queueIndex) {
        requireAnswer("stop queue " + queueIndex);
        return registers.stopQueue(queueIndex);
    }

    /**
     * Lets a queue go on from where it was stopped, in the steps that follow. Before DRIVER_OK this is for a queue that comes
     * from another transport: it begins from the state at DRIVER_OK.
     *
     * @param queueIndex which queue
     * @param state where it stood
     * @throws IllegalArgumentException if the state is of a queue of another format or size
     * @throws IllegalStateException if that queue is not set up, or works
     * @throws TransportException if the device needs a reset, before this or because of the state, is stalled or dead
     */
    public void startQueue(int queueIndex, QueueState state) {
        requireAnswer("start queue " + queueIndex);
        registers.startQueue(queueIndex, state);
    }

    /** {@return how many steps were made} */
    public long steps() {
        return steps;
    }

    /** {@return what became of the driver's notifications} */
    public NotificationCounts kicks() {
        return units.kicks.counts();
    }

    /** {@return what became of the device's notifications} */
    public NotificationCounts calls() {
        return units.calls.counts();
    }

    // --- what the driver does ----------------------------------------------------------------------------------

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
        requireAnswer("acknowledge features");
        registers.acknowledgeFeatures(features);
    }

    @Override
    public int status() {
        int status = stalled || dead ? session.status() : registers.readStatus();
        return status | (dead ? DeviceStatus.DEVICE_NEEDS_RESET : 0);
    }

    @Override
    public void writeStatus(int status) {
        requireAnswer("write status " + status);
        registers.writeStatus(status);
    }

    private void requireAnswer(String what) {
        if (closed || dead || stalled) {
            String why =
                    closed ? "the transport is closed" : dead ? "the device is dead" : "the device does not answer";
            throw new TransportException("cannot " + what + ": " + why + ": " + this);
        }
    }

    @Override
    public int configGeneration() {
        return device.config().generation();
    }

    @Override
    public int configLengthBytes() {
        return device.config().lengthBytes();
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        device.config().read(offset, destination);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        ConfigSpace config = device.config();
        if (offset < 0 || source.length > config.lengthBytes() - offset) {
            throw new IndexOutOfBoundsException("offset " + offset + ", " + source.length
                    + " bytes, in a configuration of " + config.lengthBytes() + " bytes");
        }
        requireAnswer("write configuration");
        session.writeConfig(offset, source.clone());
        units.configWritten();
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
        requireAnswer("set up queue " + queue.index());
        return registers.activate(queue, callSink);
    }

    /** At once nobody is called for the queue any more; notifications under way for it count as lost. */
    @Override
    public void resetQueue(int queueIndex) {
        requireAnswer("reset queue " + queueIndex);
        registers.resetQueue(queueIndex);
    }

    /** Each look at a reset that is not complete lets a step pass, as a look at the status does. */
    @Override
    public boolean isQueueReset(int queueIndex) {
        requireAnswer("ask whether queue " + queueIndex + " is reset");
        return registers.isQueueReset(queueIndex);
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    /** Lets go of the device, which is reset at once whatever the plan says, unless it is stalled or dead. */
    @Override
    public void close() {
        if (!closed && !stalled && !dead) {
            registers.reset();
        }
        closed = true;
    }

    @Override
    public String toString() {
        return "SteppedTransport[seed " + plan.seed() + ", step " + steps + ", status " + session.status()
                + (stalled ? ", stalled" : "") + (dead ? ", dead" : "") + ", " + units + ", " + device + "]";
    }
}
