// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuResponse;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands over one queue: one at a time and waited for, or a {@link CommandBatch} together and waited for later.
 *
 * <p>The wait is {@code pollUsed} in slices, so that the clock and the device's notifications are looked at now and
 * then,
 * and never inside the spin. A slice that finds nothing issues no fence (with optimized barriers), so a command costs
 * one
 * however many slices it takes.
 *
 * <p>A command that timed out keeps its slot until the device answers after all; the next wait sorts the late answer
 * from
 * the one it wants. Nothing here allocates once it is set up, save for requests longer than a slot.
 */
final class CommandQueue {
    private static final int MAX_SLOTS = 16;
    private static final int DESCRIPTORS_PER_COMMAND = 2;
    private static final int SLOT_ALIGN_BYTES = 128;

    /** The first slice is short, and slices grow: an idle strategy that sleeps can make a long one last seconds. */
    private static final int MIN_SLICE_SPINS = 16;

    private static final int FIRST_SLICE_SPINS = 64;
    private static final int MAX_SLICE_SPINS = 4096;
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final DriverQueue queue;
    private final Doorbell doorbell;
    private final DmaArena arena;
    private final DeviceHealth health;
    private final IdleStrategy idle;
    private final long timeoutNanos;
    private final DmaBuffer slotMemory;
    private final CommandSlot[] slots;

    /** Made once: a method reference in the call would be an object for each command. */
    private final UsedHandler onUsed = this::onUsed;

    private long lastFenceId;

    /** Whether there are commands that the device has not been shown. */
    private boolean unpublished;

    private boolean cancelled;

    private CommandQueue(
            ActiveQueue active, DmaBuffer slotMemory, DmaArena arena, DeviceHealth health, GpuOptions options) {
        this.queue = active.queue();
        this.doorbell = active.doorbell();
        this.arena = arena;
        this.health = health;
        this.idle = options.idle();
        this.timeoutNanos = options.timeoutNanos();
        this.slotMemory = slotMemory;
        this.slots = new CommandSlot[(int) (slotMemory.lengthBytes() / CommandSlot.LENGTH_BYTES)];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new CommandSlot(slotMemory, i);
        }
        queue.disableCallbacks();
    }

    /** Sets one of the device's queues up, and the memory of its commands. */
    static CommandQueue setUp(
            DriverSession session, int index, DmaArena arena, DeviceHealth health, GpuOptions options) {
        int max = session.maxQueueSize(index);
        int size = Integer.highestOneBit(Math.min(options.queueSize(), max));
        if (size < DESCRIPTORS_PER_COMMAND) {
            throw new GpuDeviceException("queue " + index + " of the device takes " + max
                    + " descriptors; a command needs " + DESCRIPTORS_PER_COMMAND);
        }
        ActiveQueue active = session.setUpQueue(index, size, arena, options.barriers(), CallSink.NONE, health);
        int count = Math.min(MAX_SLOTS, size / DESCRIPTORS_PER_COMMAND);
        DmaBuffer slotMemory = arena.allocate((long) count * CommandSlot.LENGTH_BYTES, SLOT_ALIGN_BYTES);
        return new CommandQueue(active, slotMemory, arena, health, options);
    }

    QueueCounters counters() {
        return queue.counters();
    }

    /** Starts a command that fits into a slot. */
    CommandSlot begin(int type) {
        CommandSlot slot = freeSlot(type);
        slot.begin(type, ++lastFenceId);
        return slot;
    }

    /** Starts a command of any length. */
    CommandSlot beginLong(int type, long requestBytes) {
        CommandSlot slot = freeSlot(type);
        DmaBuffer request = arena.allocate(requestBytes, Long.BYTES);
        slot.beginLong(request, type, ++lastFenceId);
        return slot;
    }

    private CommandSlot freeSlot(int type) {
        check();
        CommandSlot free = findFree();
        if (free == null) {
            submit();
            CommandSlot batched = findOldest(true);
            if (batched != null) {
                await(batched);
            } else if (queue.poll(onUsed, slots.length) == DriverQueue.BROKEN) {
                // All of them had timed out. Late answers free them.
                throw broken();
            }
            free = findFree();
        }
        if (free == null) {
            throw new GpuDeviceException("cannot send " + GpuCommand.nameOf(type) + ": the device has not answered "
                    + slots.length + " commands; close the driver and open it again");
        }
        return free;
    }

    private @Nullable CommandSlot findFree() {
        for (CommandSlot slot : slots) {
            if (!slot.isInFlight()) {
                return slot;
            }
        }
        return null;
    }

    /**
     * {@return the oldest command in flight}
     *
     * @param batched only of those that are part of a batch: all others in flight have timed out
     */
    private @Nullable CommandSlot findOldest(boolean batched) {
        CommandSlot oldest = null;
        for (CommandSlot slot : slots) {
            boolean wanted = slot.isInFlight() && !(batched && slot.isOf(null));
            if (wanted && (oldest == null || slot.fenceId() < oldest.fenceId())) {
                oldest = slot;
            }
        }
        return oldest;
    }

    /**
     * Sends a command and waits until the device has done it.
     *
     * @param slot from {@link #begin}; its response may be read until the next begin
     * @param requestBytes length of the request
     * @param expected the response's type
     * @param responseBytes length of the response
     */
    void run(CommandSlot slot, long requestBytes, int expected, int responseBytes) {
        send(slot, requestBytes, responseBytes);
        await(slot);
        checkResponse(slot, expected, responseBytes);
    }

    /** As {@link #run(CommandSlot, long, int, int)}, for a command that a header answers. */
    void run(CommandSlot slot, long requestBytes) {
        run(slot, requestBytes, GpuResponse.OK_NODATA, GpuHeader.LENGTH_BYTES);
    }

    /**
     * As {@link #run(CommandSlot, long)}, for a command that is answered by a header, or by nothing: as cursor queues
     * may.
     */
    void runUnanswered(CommandSlot slot, long requestBytes) {
        send(slot, requestBytes, GpuHeader.LENGTH_BYTES);
        await(slot);
        if (slot.writtenBytes() > 0) {
            checkResponse(slot, GpuResponse.OK_NODATA, GpuHeader.LENGTH_BYTES);
        }
    }

    private void send(CommandSlot slot, long requestBytes, int responseBytes) {
        add(slot, requestBytes, responseBytes);
        submit();
    }

    /**
     * Puts a command that a header answers into a batch. The device sees it with {@link #submit()}.
     *
     * @param slot from {@link #begin}
     * @param requestBytes length of the request
     * @param batch is told of the answer
     */
    void add(CommandSlot slot, long requestBytes, CommandBatch batch) {
        add(slot, requestBytes, GpuHeader.LENGTH_BYTES);
        slot.join(batch);
        batch.added(slot.type());
    }

    private void add(CommandSlot slot, long requestBytes, int responseBytes) {
        // On record before the device can see it, let alone answer it.
        slot.handOver();
        int id = queue.add(slot.chain(requestBytes, responseBytes), slot.fenceId());
        if (id < 0) {
            slot.takeBack(0);
            throw id == DriverQueue.BROKEN
                    ? broken()
                    : new IllegalStateException("no descriptors left: " + queue.inFlight() + " commands in flight");
        }
        unpublished = true;
    }

    /** Shows the device all that was added: one write barrier, and at most one notification. */
    void submit() {
        if (unpublished) {
            unpublished = false;
            queue.publish();
            queue.kick(doorbell);
        }
    }

    /**
     * Waits until the device has done all of a batch. Nothing is left of it afterwards, whatever happens: what timed
     * out is
     * waited for no more.
     *
     * @throws GpuException what the first command that failed met, after all have been answered
     */
    void await(CommandBatch batch) {
        try {
            await((Awaited) batch);
        } catch (RuntimeException e) {
            abandon(batch);
            throw e;
        }
        GpuException failure = batch.takeFailure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Forgets a batch; answers that come after all free their slots. */
    void abandon(CommandBatch batch) {
        for (CommandSlot slot : slots) {
            if (slot.isOf(batch)) {
                slot.leaveBatch();
            }
        }
        batch.reset();
    }

    /**
     * Waits until no command is in flight, those that timed out included: what they name is the device's until it
     * answers.
     * The batches keep what they have met.
     */
    void settle() {
        for (CommandSlot slot = findOldest(false); slot != null; slot = findOldest(false)) {
            await(slot);
        }
    }

    private void await(Awaited awaited) {
        long startNanos = System.nanoTime();
        long sliceStartNanos = startNanos;
        int sliceSpins = FIRST_SLICE_SPINS;
        while (awaited.isInFlight()) {
            int taken = queue.pollUsed(onUsed, slots.length, sliceSpins, idle);
            if (taken == DriverQueue.BROKEN) {
                throw broken();
            }
            if (taken > 0) {
                continue;
            }
            check();
            long nowNanos = System.nanoTime();
            if (nowNanos - startNanos >= timeoutNanos) {
                throw new GpuTimeoutException(awaited.type(), nowNanos - startNanos);
            }
            sliceSpins = nowNanos - sliceStartNanos < SLICE_NANOS
                    ? Math.min(2 * sliceSpins, MAX_SLICE_SPINS)
                    : Math.max(sliceSpins / 2, MIN_SLICE_SPINS);
            sliceStartNanos = nowNanos;
        }
    }

    private void onUsed(long token, long writtenBytes) {
        for (CommandSlot slot : slots) {
            if (slot.isInFlight() && slot.fenceId() == token) {
                slot.takeBack(writtenBytes);
                CommandBatch batch = slot.leaveBatch();
                if (batch != null) {
                    batch.completed(failureOf(slot, GpuResponse.OK_NODATA, GpuHeader.LENGTH_BYTES));
                }
                return;
            }
        }
        throw new IllegalStateException("no command has token " + token);
    }

    /** Throws if nothing can be sent any more. Costs a volatile load where all is well. */
    void check() {
        if (cancelled) {
            throw new IllegalStateException("this GPU driver is closed");
        }
        GpuDeviceException.throwIfFailed(health);
    }

    private GpuDeviceException broken() {
        check();
        return new GpuDeviceException("the queue was given up; close the driver and open it again");
    }

    private static void checkResponse(CommandSlot slot, int expected, int responseBytes) {
        GpuException failure = failureOf(slot, expected, responseBytes);
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable GpuException failureOf(CommandSlot slot, int expected, int responseBytes) {
        if (slot.writtenBytes() < GpuHeader.LENGTH_BYTES) {
            return unanswered(slot, slot.writtenBytes() + " bytes, which is no response");
        }
        int type = slot.responseLe32(GpuHeader.TYPE);
        boolean fenced = (slot.responseLe32(GpuHeader.FLAGS) & GpuHeader.FLAG_FENCE) != 0;
        long fenceId = slot.responseLe64(GpuHeader.FENCE_ID);
        if (!fenced || fenceId != slot.fenceId()) {
            return unanswered(
                    slot,
                    GpuResponse.nameOf(type) + (fenced ? " and fence " + fenceId : " and no fence")
                            + " instead of fence " + slot.fenceId());
        }
        if (GpuResponse.isError(type)) {
            return new GpuCommandException(slot.type(), type);
        }
        if (type != expected || slot.writtenBytes() < responseBytes) {
            return unanswered(
                    slot,
                    GpuResponse.nameOf(type) + " of " + slot.writtenBytes() + " bytes instead of "
                            + GpuResponse.nameOf(expected) + " of " + responseBytes);
        }
        return null;
    }

    private static GpuDeviceException unanswered(CommandSlot slot, String answer) {
        return new GpuDeviceException("the device answered " + GpuCommand.nameOf(slot.type()) + " with " + answer);
    }

    /** Takes back what the device never used. The device must have been reset. */
    void cancel() {
        cancelled = true;
        queue.cancelAll(token -> onUsed(token, 0));
        slotMemory.free();
    }
}
