// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.ring.SplitRing;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.wire.FeatureBits;
import java.util.Optional;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The driver's half of a virtqueue: offers chains of buffers and takes them back when the device has used them.
 *
 * <pre>
 *   add ... add --&gt; publish --&gt; kick         offer = add + publish
 *                                  |
 *   poll / pollUsed / awaitUsed &lt;-- device
 * </pre>
 *
 * <p>One thread offers and polls; no method may be called from another, {@link #counters()} excepted. Expected outcomes
 * are ints: {@link #FULL} and {@link #BROKEN} are negative, everything else is an id or a count. Nothing here allocates.
 *
 * <p>The device is not trusted: ids, lengths and indices that it writes are checked against private copies. If one is
 * impossible the queue is broken: the error handler is told once, and every call answers {@link #BROKEN} until the
 * device has been reset and {@link #cancelAll} has handed back what was in flight.
 *
 * <p>VirtIO 1.2, 2.6 Virtqueues and 2.7.13 Supplying Buffers to The Device.
 */
public abstract sealed class DriverQueue permits SplitDriverQueue, PackedDriverQueue {
    /** No room for the chain now: poll, then try again. */
    public static final int FULL = -1;

    /** The device broke the ring, or the queue was cancelled: nothing works until a reset and a new queue. */
    public static final int BROKEN = -2;

    final QueueConfig config;
    final QueueCounters counters = new QueueCounters();
    final BarrierPolicy policy;
    final InFlightTable inFlight;

    /** Null without IN_ORDER. */
    final @Nullable InOrderIds inOrder;

    private final @Nullable IndirectTables tables;
    private final ErrorHandler errorHandler;
    private boolean broken;

    /** What a session has set the queue up with. Null without one. */
    private @Nullable CallSink callSink;

    /** Whether a reset was seen to be complete, as the session or else the caller of {@link #cancelAll} says. */
    private boolean retired;

    /** Whether a handler that {@link #pollUsed} called is at work: it may poll again. */
    private boolean polling;

    DriverQueue(QueueConfig config, QueueOptions options) {
        this.config = config;
        this.policy = options.policy();
        this.errorHandler = options.errorHandler();
        this.inFlight = new InFlightTable(config.index(), config.size());
        this.inOrder = config.inOrder() ? new InOrderIds(config.size()) : null;
        this.tables = config.indirect() ? options.indirectTables().orElse(null) : null;
    }

    static DriverQueue create(QueueConfig config, GuestMemory memory, QueueOptions options) {
        return switch (config.format()) {
            case SPLIT -> new SplitDriverQueue(config, SplitRing.of(config, memory), options);
            case PACKED -> new PackedDriverQueue(config, PackedRing.of(config, memory), options);
        };
    }

    /**
     * Makes the driver's half of a queue without indirect tables, and its ring as it must be at first, whatever was in the
     * memory.
     *
     * @param config index, size, features and addresses, as given to the device
     * @param memory where the ring lies
     * @param policy where {@link #pollUsed} puts its fences
     * @param errorHandler is told once when the device breaks the ring
     * @return the queue
     * @throws IllegalArgumentException if the ring does not lie in guest memory as it must
     */
    public static DriverQueue create(
            QueueConfig config, GuestMemory memory, BarrierPolicy policy, ErrorHandler errorHandler) {
        return create(config, memory, new QueueOptions(policy, errorHandler));
    }

    /**
     * Makes the driver's half of a queue whose chains of several parts take one descriptor each, if INDIRECT_DESC was
     * negotiated. Everything else is as for {@link #create(QueueConfig, GuestMemory, BarrierPolicy, ErrorHandler)}.
     *
     * @param config index, size, features and addresses, as given to the device
     * @param memory where the ring lies
     * @param policy where {@link #pollUsed} puts its fences
     * @param errorHandler is told once when the device breaks the ring
     * @param tables where the tables go, aligned to 16 bytes and as long as {@code RingFormat.indirectTablesBytes} says, at
     *     least; the queue's from now on
     * @param tableEntries how many parts such a chain may have, at least 2; longer ones take a descriptor a part
     * @return the queue
     * @throws IllegalArgumentException if the ring does not lie in guest memory as it must, or the tables do not fit
     */
    public static DriverQueue create(
            QueueConfig config,
            GuestMemory memory,
            BarrierPolicy policy,
            ErrorHandler errorHandler,
            DmaBuffer tables,
            int tableEntries) {
        IndirectTables all = new IndirectTables(tables, config.size(), tableEntries);
        return create(config, memory, new QueueOptions(policy, errorHandler, Optional.of(all)));
    }

    /**
     * Writes a chain's descriptors and its slot. The device does not see it before {@link #publish()}.
     *
     * @param chain at least one part and at most as many as the queue has descriptors
     * @param token comes back with the chain; any value
     * @return an id of 0 or more, {@link #FULL} or {@link #BROKEN}
     * @throws IllegalArgumentException if the chain is empty or longer than the queue
     */
    public abstract int add(BufferChain chain, long token);

    /** Makes all chains added since the last call visible to the device: one write barrier, one index. */
    public abstract void publish();

    /**
     * Adds one chain and publishes it.
     *
     * @param chain see {@link #add}
     * @param token see {@link #add}
     * @return an id of 0 or more, {@link #FULL} or {@link #BROKEN}
     */
    public final int offer(BufferChain chain, long token) {
        int id = add(chain, token);
        if (id >= 0) {
            publish();
        }
        return id;
    }

    /**
     * Asks whether the device wants to be told of what was published since the last time this was asked.
     *
     * @return whether to ring the doorbell
     */
    public abstract boolean kickNeeded();

    /**
     * Rings the doorbell if the device wants it (VirtIO 1.2, 2.7.13.4 Notifying The Device).
     *
     * @param doorbell the queue's doorbell
     * @return whether it was rung
     */
    public final boolean kick(Doorbell doorbell) {
        boolean needed = kickNeeded();
        if (needed) {
            doorbell.ring(notificationPayload());
        }
        return needed;
    }

    /**
     * Rings the doorbell whether or not the device wants it, for a device that seems to have missed a notification. Without
     * anything new published in between it carries what the last one carried (VirtIO 1.2, 2.9 Driver Notifications).
     *
     * @param doorbell the queue's doorbell
     */
    public final void kickAgain(Doorbell doorbell) {
        if (!broken) {
            doorbell.ring(notificationPayload());
        }
    }

    /**
     * Takes used buffers, without waiting.
     *
     * @param handler gets each of them
     * @param limit take at most so many, at least 1
     * @return how many were taken, or {@link #BROKEN}
     */
    public abstract int poll(UsedHandler handler, int limit);

    /**
     * Waits, spinning, until the device has used something or the spin limit is reached, then takes it.
     *
     * <p>The spin is an opaque load and the idle strategy, no fence and no shared counter; the one read barrier follows
     * the load that showed progress. With {@link BarrierPolicy#BASELINE} there is a full fence in every spin.
     *
     * @param handler gets each used buffer
     * @param limit take at most so many, at least 1
     * @param maxSpins give up after so many looks that found nothing
     * @param idle what to do between two looks
     * @return how many were taken, 0 when the spin limit was reached, or {@link #BROKEN}
     */
    public final int pollUsed(UsedHandler handler, int limit, long maxSpins, IdleStrategy idle) {
        checkLimit(limit);
        boolean baseline = policy == BarrierPolicy.BASELINE;
        long spins = 0;
        idle.reset();
        int pending;
        while (true) {
            if (baseline) {
                // No letter: this is the fence that the ordering table has no place for. It refreshes nothing and
                // orders nothing that B' below does not; it is here to be counted.
                fullFence();
            }
            pending = usedPending();
            if (pending != 0 || spins >= maxSpins) {
                break;
            }
            spins++;
            idle.idle();
        }
        return take(pending, handler, limit, spins, baseline ? spins + 1 : 0);
    }

    /**
     * Waits, spinning, until the device has used something or the time is up, then takes it. Everything else is as for
     * {@link #pollUsed}.
     *
     * <p>The clock is read at every look that finds nothing; with {@code NoOpIdleStrategy}, {@code BusySpinIdleStrategy} and
     * {@code YieldingIdleStrategy} once in 32 looks, as long as they are quick. A strategy that sleeps adds at most one sleep
     * to the time.
     *
     * @param handler gets each used buffer
     * @param limit take at most so many, at least 1
     * @param timeoutNanos give up after this time; 0 looks once
     * @param idle what to do between two looks; any of Agrona's
     * @return how many were taken, 0 when the time was up, or {@link #BROKEN}
     */
    public final int pollUsedFor(UsedHandler handler, int limit, long timeoutNanos, IdleStrategy idle) {
        checkLimit(limit);
        return UsedWait.spin(this, handler, limit, timeoutNanos, idle);
    }

    /**
     * Sleeps until the device has used something and calls, or the time is up, then takes it. Takes at once, and fences
     * no more than {@link #poll}, when something is there already; what it costs more is to enter and leave the signal.
     *
     * <p>Asks for calls, looks again behind the fence D', and only then parks; asks for none when it ends. A call for
     * nothing, or for another queue that shares the signal, costs one more look.
     *
     * <p>An interrupt ends the wait at once: the answer is 0 and the thread's interrupt status stays set. A thread that is
     * interrupted on entry takes what is there and does not sleep.
     *
     * <p>When the device dies, needs a reset or is reset, the wait ends at once with {@link #BROKEN}, after what the device
     * had used before has been taken. (The queue itself is not broken by that, and {@link #poll} still answers.) This needs
     * a signal that hears of it: see {@link UsedBufferSignal}.
     *
     * @param handler gets each used buffer
     * @param limit take at most so many, at least 1
     * @param signal the call sink that the queue was set up with, or what that sink passes calls on to; for a queue made
     *     with {@link #create}, whatever the device's calls reach
     * @param timeoutNanos give up after this time; 0 does not sleep
     * @return how many were taken, 0 when the time was up, the thread was interrupted or {@link UsedBufferSignal#endWait}
     *     called, or {@link #BROKEN}
     * @throws IllegalArgumentException if a session has set the queue up with another signal, or without a call sink
     * @throws IllegalStateException if another thread waits on the signal
     * @throws io.virtio4j.transport.TransportException if the device's status cannot be read any more
     */
    public final int awaitUsed(UsedHandler handler, int limit, UsedBufferSignal signal, long timeoutNanos) {
        checkLimit(limit);
        checkSignal(signal);
        return UsedWait.sleep(this, handler, limit, signal, timeoutNanos);
    }

    /** Any other sink may pass its calls on to a signal. */
    private void checkSignal(UsedBufferSignal signal) {
        CallSink sink = callSink;
        if (sink != signal && (sink instanceof UsedBufferSignal || sink == CallSink.NONE)) {
            throw new IllegalArgumentException("no call for queue " + config.index()
                    + " would reach this signal: the queue was set up with "
                    + (sink == CallSink.NONE ? "no call sink" : "another"));
        }
    }

    final void calledThrough(CallSink sink) {
        callSink = sink;
    }

    /** Ends a wait: counts it, and takes what it found. */
    final int take(int pending, UsedHandler handler, int limit, long spins, long fullFences) {
        counters.addSpins(spins);
        counters.addMb(fullFences);
        boolean outermost = !polling;
        long rmbBefore = counters.get(QueueCounter.RMB);
        polling = true;
        try {
            return pending > 0 ? poll(handler, limit) : pending;
        } finally {
            // The outermost poll counts the read barriers of those inside it too.
            polling = !outermost;
            counters.addPollFences(outermost ? fullFences + counters.get(QueueCounter.RMB) - rmbBefore : fullFences);
        }
    }

    /**
     * Looks at the used index once.
     *
     * @return how many used elements are there to take, or {@link #BROKEN}
     */
    abstract int usedPending();

    abstract void fullFence();

    abstract void readFence();

    /**
     * Asks the device to call when it uses the next buffer, and looks a last time (VirtIO 1.2, 2.7.14 Receiving Used
     * Buffers From The Device).
     *
     * @return true if nothing was there, so that it is safe to sleep until called; false if there is something to poll
     */
    public abstract boolean enableCallbacks();

    /** Tells the device that no call is wanted, as a driver does that polls. A hint: a call may still come. */
    public abstract void disableCallbacks();

    /**
     * Hands back every chain that the device has not used. Only after the device, or this queue, has been reset and the
     * reset was seen to be complete: until then the device owns the buffers (VirtIO 1.2, 3.3.1 Driver Requirements:
     * Device Cleanup, and 2.6.1.1.2 Driver Requirements: Virtqueue Reset). Afterwards the queue answers {@link #BROKEN} and
     * can only be dropped.
     *
     * <p>A queue that a {@link DriverSession} has set up knows: the session tells it of the reset that it has waited for. A
     * queue made with {@link #create} has nobody to ask; whoever made it answers for the reset, and must have loaded what
     * shows it before this call.
     *
     * @param handler gets the token of each, in no particular order
     * @return how many there were
     * @throws IllegalStateException if a session has set the queue up and has not seen a reset since; nothing is handed back
     */
    public final int cancelAll(CancelHandler handler) {
        if (callSink != null && !retired) {
            throw new IllegalStateException("the device owns the buffers of queue " + config.index()
                    + " until the queue's session has seen a reset complete, of the queue or of the device; in flight: "
                    + inFlight.count());
        }
        // I': the reset seen complete before the buffers are used again. Partner: the device's fence before it shows
        // it.
        readFence();
        counters.addRmb(1);
        retire();
        int cancelled = 0;
        for (int id = 0; inFlight.count() > 0; id++) {
            if (inFlight.isInFlight(id)) {
                inFlight.end(id);
                cancelled++;
                handler.onCancelled(inFlight.token(id));
            }
        }
        return cancelled;
    }

    /** {@return how many chains the device owns, those added and not yet published included} */
    public final int inFlight() {
        return inFlight.count();
    }

    /** {@return how many descriptors are free} */
    public abstract int freeDescriptors();

    /** {@return whether the device broke the ring, or the queue was cancelled} */
    public final boolean isBroken() {
        return broken;
    }

    /** {@return the counters of this half; any thread may read them} */
    public final QueueCounters counters() {
        return counters;
    }

    /** {@return what the queue was made from} */
    public final QueueConfig config() {
        return config;
    }

    /**
     * Tells what the doorbell carries: the queue's index and, with NOTIFICATION_DATA, where the driver stands. For a driver
     * that rings without asking {@link #kick}, for example again after a while; the same until more is published
     * (VirtIO 1.2, 2.9 Driver Notifications).
     *
     * @return index in bits 0-15; with NOTIFICATION_DATA next_off in bits 16-30 and next_wrap in bit 31
     */
    public final int notificationPayload() {
        return config.features().has(FeatureBits.NOTIFICATION_DATA)
                ? config.notificationData() | (notificationPosition() << Short.SIZE)
                : config.notificationData();
    }

    /** Where the driver stands, as 16 bits of NOTIFICATION_DATA. */
    abstract int notificationPosition();

    /** The tables, if a chain of so many parts goes into one. */
    final @Nullable IndirectTables tablesFor(int parts) {
        return tables != null && parts > 1 && parts <= tables.entries() ? tables : null;
    }

    /** Counts fence C and what came of it. */
    final boolean countKick(boolean needed) {
        counters.addMb(1);
        if (needed) {
            counters.addKicksSent(1);
        } else {
            counters.addKicksSuppressed(1);
        }
        return needed;
    }

    static void checkLength(BufferChain chain, int size) {
        if (chain.count() == 0 || chain.count() > size) {
            throw new IllegalArgumentException("a chain for this queue has 1.." + size + " parts: " + chain);
        }
    }

    static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
    }

    final int breakQueue(String reason) {
        if (!broken) {
            broken = true;
            counters.addBroken(1);
            errorHandler.onError(new BrokenQueueException(config.index(), reason));
        }
        return BROKEN;
    }

    /** A reset was seen to be complete: what is in flight can be taken back, and nothing else works. */
    final void retire() {
        broken = true;
        retired = true;
    }
}
