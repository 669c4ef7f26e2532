// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.ring.SplitRing;
import io.virtio4j.transport.CallSink;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * The device's half of a virtqueue: takes chains that the driver made available and gives them back used, in any order.
 *
 * <pre>
 *   int handle;
 *   while ((handle = queue.next()) &gt;= 0) {
 *       DescriptorChain chain = queue.chain(handle);
 *       ... read, work, write ...
 *       queue.complete(handle, writtenBytes);
 *   }
 *   queue.flush();          // publish, then call the driver if it wants to be called
 * </pre>
 *
 * <p>One thread uses a queue; {@link #counters()} may be read by any. Nothing here allocates once the chains have seen
 * their longest request.
 *
 * <p>The driver is not trusted: whatever it writes is checked before use, and read once. A ring that cannot be followed is
 * broken: the error handler is told once, {@link #next()} answers {@link #BROKEN} from then on, and the device shows
 * DEVICE_NEEDS_RESET.
 *
 * <p>VirtIO 1.2, 2.6 Virtqueues.
 */
public abstract sealed class DeviceQueue permits SplitDeviceQueue, PackedDeviceQueue {
    /** Nothing is available now. */
    public static final int EMPTY = -1;

    /** The driver broke the ring, or the device was reset: nothing works, nothing is written and nobody is called. */
    public static final int BROKEN = -2;

    private static final long MAX_CHAIN_BYTES = 1L << 32;

    final QueueConfig config;
    final GuestMemory memory;
    final QueueCounters counters = new QueueCounters();
    private final DescriptorChain[] chains;
    private final CallSink callSink;
    private final ErrorHandler errorHandler;
    private final @Nullable CompletionOrder order;
    private final IndirectReader indirectReader;
    private int inFlight;
    private long lastSerial;
    private boolean broken;

    /** Null but at first, after {@link #resume}. */
    private @Nullable ResumedChains resumed;

    DeviceQueue(QueueConfig config, GuestMemory memory, CallSink callSink, ErrorHandler errorHandler) {
        this.config = config;
        this.memory = memory;
        this.callSink = callSink;
        this.errorHandler = errorHandler;
        this.chains = new DescriptorChain[config.size()];
        this.order = config.inOrder() ? new CompletionOrder(config.size()) : null;
        this.indirectReader = new IndirectReader(memory);
    }

    /**
     * Makes the device's half of a queue.
     *
     * @param config index, size, features and addresses, as the driver gave them
     * @param memory where the ring and the buffers lie
     * @param callSink gets the used-buffer notifications
     * @param errorHandler is told once when the driver breaks the ring
     * @return the queue
     * @throws IllegalArgumentException if the ring does not lie in guest memory as it must
     */
    public static DeviceQueue create(
            QueueConfig config, GuestMemory memory, CallSink callSink, ErrorHandler errorHandler) {
        return switch (config.format()) {
            case SPLIT -> new SplitDeviceQueue(config, SplitRing.of(config, memory), memory, callSink, errorHandler);
            case PACKED -> new PackedDeviceQueue(config, PackedRing.of(config, memory), memory, callSink, errorHandler);
        };
    }

    /**
     * Makes the device's half of a queue that goes on where another stopped. {@link #next()} first hands out again what that
     * one had taken and not completed, in the same order. {@link #flush()} calls the driver if the other might not have.
     *
     * @param config as it was
     * @param memory where the ring and the buffers lie
     * @param state where the other one stood
     * @param callSink gets the used-buffer notifications
     * @param errorHandler is told once when the driver breaks the ring
     * @return the queue
     * @throws IllegalArgumentException if the state is of another format or size, or has chains that wait for their turn in a
     *     queue without IN_ORDER; or if the ring does not lie in guest memory as it must
     */
    public static DeviceQueue resume(
            QueueConfig config, GuestMemory memory, QueueState state, CallSink callSink, ErrorHandler errorHandler) {
        boolean ordered = state.taken().stream().noneMatch(Taken::isComplete) || config.inOrder();
        if (state.format() != config.format() || state.size() != config.size() || !ordered) {
            throw new IllegalArgumentException("a queue of " + config.size() + " descriptors, " + config.format() + ", "
                    + config.features() + ", cannot go on from " + state);
        }
        DeviceQueue queue = create(config, memory, callSink, errorHandler);
        queue.standAt(state);
        ResumedChains again = new ResumedChains(config.size());
        state.taken().forEach(chain -> queue.retake(chain, again));
        queue.resumed = again.isEmpty() ? null : again;
        return queue;
    }

    private void retake(Taken taken, ResumedChains again) {
        int handle = claimHandle(taken.id());
        DescriptorChain chain = pooled(handle);
        chain.begin();
        take(chain, taken.id(), taken.ringDescriptors());
        if (!taken.isComplete()) {
            again.add(handle, taken);
        } else if (order != null) {
            order.complete(handle, (int) taken.writtenBytes(), false);
            inFlight--;
        }
    }

    /** Takes the positions over from a state. */
    abstract void standAt(QueueState state);

    /** Finds a handle for a chain that was taken before. */
    abstract int claimHandle(int id);

    /** Walks a chain that was taken before; breaks the queue and returns false if it is not as the driver must write it. */
    abstract boolean walkAgain(DescriptorChain chain, Taken taken);

    /**
     * Stops: shows the driver what is complete, and tells where the queue stands. It answers {@link #BROKEN} from then on,
     * and writes nothing any more.
     *
     * <p>At any moment, between two calls. Chains in hand are part of the answer, with what is complete and waits for its turn
     * (IN_ORDER), and whether the driver may still have to be called. The device must be done with the chains in hand before
     * another goes on with them: both would write to the same buffers.
     *
     * @return the state, for {@link #resume}
     * @throws IllegalStateException if the queue is broken or was stopped: it stands nowhere
     */
    public final QueueState stop() {
        if (broken) {
            throw new IllegalStateException("queue " + config.index() + " is broken, or was stopped before");
        }
        publish();
        List<Taken> taken = Arrays.stream(chains)
                .filter(chain -> chain != null && chain.isTaken())
                .sorted(Comparator.comparingLong(DescriptorChain::takenSerial))
                .map(this::describe)
                .toList();
        QueueState state = state(taken);
        retire();
        return state;
    }

    private Taken describe(DescriptorChain chain) {
        int handle = chain.handle();
        if (order != null && order.isComplete(handle)) {
            long written = Integer.toUnsignedLong(order.lengthBits(handle));
            return new Taken(chain.id(), chain.ringDescriptors(), written, List.of());
        }
        Taken again = resumed == null ? null : resumed.get(handle);
        return again != null ? again : new Taken(chain.id(), chain.ringDescriptors(), Taken.IN_HAND, parts(chain));
    }

    /** The state, given the chains that are part of it. */
    abstract QueueState state(List<Taken> taken);

    /** What has to be kept of a chain's descriptors, because the ring may not have them any more. */
    abstract List<Part> parts(DescriptorChain chain);

    /**
     * Takes the next available chain.
     *
     * @return its handle, 0 or more, for {@link #chain}; or {@link #EMPTY} or {@link #BROKEN}
     */
    public final int next() {
        return resumed == null ? nextAvailable() : nextResumed(resumed);
    }

    abstract int nextAvailable();

    private int nextResumed(ResumedChains again) {
        int handle = again.firstHandle();
        if (broken || !walkAgain(pooled(handle), again.first())) {
            return BROKEN;
        }
        again.removeFirst();
        resumed = again.isEmpty() ? null : again;
        return handle;
    }

    /**
     * Gives access to a chain that was taken and not yet completed.
     *
     * @param handle what {@link #next()} returned
     * @return the chain
     * @throws IllegalArgumentException if no such chain is taken
     */
    public final DescriptorChain chain(int handle) {
        DescriptorChain chain = handle >= 0 && handle < chains.length ? chains[handle] : null;
        if (chain == null || !chain.isTaken()) {
            throw new IllegalArgumentException("chain " + handle + " of queue " + config.index() + " is not taken");
        }
        return chain;
    }

    /**
     * Writes a chain's used element. The driver does not see it before {@link #publish()}.
     *
     * @param handle what {@link #next()} returned; the chain must not be touched afterwards
     * @param writtenBytes how many bytes were written, counted from the first writable one; every one of them must have
     *     been (VirtIO 1.2, 2.7.8.2 Device Requirements: The Virtqueue Used Ring)
     * @throws IllegalArgumentException if no such chain is taken, or it has fewer writable bytes
     */
    public final void complete(int handle, long writtenBytes) {
        DescriptorChain chain = chain(handle);
        if (writtenBytes < 0 || writtenBytes > chain.writableBytes()) {
            throw new IllegalArgumentException(writtenBytes + " bytes written to " + chain);
        }
        // The length is a promise about a prefix, and 2^32 does not fit: one byte less is promised then.
        int lengthBits = (int) Math.min(writtenBytes, MAX_CHAIN_BYTES - 1);
        boolean inFull = writtenBytes == chain.writableBytes();
        if (broken) {
            // Nothing is written any more: after a reset the memory is the driver's again.
            chain.release();
            inFlight--;
        } else if (order == null) {
            chain.release();
            inFlight--;
            writeUsed(chain, lengthBits, false);
        } else {
            order.complete(handle, lengthBits, inFull);
            inFlight--;
            while (order.isFirstComplete()) {
                DescriptorChain first = chains[order.first()];
                first.release();
                writeUsed(first, order.firstLengthBits(), order.isMergeable());
                order.removeFirst();
            }
        }
    }

    /**
     * Writes a used element.
     *
     * @param chain the chain
     * @param lengthBits bytes written
     * @param merge whether it may take the place of the element before it (IN_ORDER)
     */
    abstract void writeUsed(DescriptorChain chain, int lengthBits, boolean merge);

    /** Makes all chains completed since the last call visible to the driver: one write barrier, one index. */
    public abstract void publish();

    /**
     * Asks whether the driver wants to be told of what was published since the last time this was asked.
     *
     * @return whether to send a used-buffer notification
     */
    public abstract boolean callNeeded();

    /** Publishes what was completed and calls the driver if it wants that. */
    public final void flush() {
        publish();
        if (callNeeded()) {
            callSink.call(config.index());
        }
    }

    /**
     * Asks the driver to kick when it makes the next buffer available, and looks a last time.
     *
     * @return true if nothing was there, so that it is safe to sleep until kicked; false if there is something to take
     */
    public abstract boolean enableNotifications();

    /** Tells the driver that no kick is wanted, as a device does that polls. A hint: a kick may still come. */
    public abstract void disableNotifications();

    /** {@return how many chains are taken and not completed} */
    public final int inFlight() {
        return inFlight;
    }

    /** {@return whether the driver broke the ring, or the device was reset} */
    public final boolean isBroken() {
        return broken;
    }

    /** {@return the counters of this half; any thread may read them} */
    public final QueueCounters counters() {
        return counters;
    }

    /** {@return the guest's memory, for requests that name addresses in it} */
    public final GuestMemory memory() {
        return memory;
    }

    /** {@return what the queue was made from} */
    public final QueueConfig config() {
        return config;
    }

    final DescriptorChain pooled(int handle) {
        DescriptorChain chain = chains[handle];
        if (chain == null) {
            chain = new DescriptorChain(memory, handle);
            chains[handle] = chain;
        }
        return chain;
    }

    final void take(DescriptorChain chain, int id, int ringDescriptors) {
        chain.take(id, ringDescriptors, ++lastSerial);
        inFlight++;
        if (order != null) {
            order.taken(chain.handle());
        }
    }

    /** What is published cannot be changed any more: the next used element is a new one. */
    final void closeMerge() {
        if (order != null) {
            order.closeMerge();
        }
    }

    /** Adds one descriptor's buffer to a chain, or breaks the queue and returns false. */
    final boolean append(DescriptorChain chain, int slot, long address, long lengthBytes, boolean writable) {
        String wrong = null;
        if (!writable && chain.hasWritable()) {
            wrong = "is readable after a writable one";
        } else if (chain.readableBytes() + chain.writableBytes() + lengthBytes > MAX_CHAIN_BYTES) {
            wrong = "takes the chain over 2^32 bytes";
        } else if (!chain.append(address, lengthBytes, writable)) {
            wrong = "lies outside guest memory: address 0x" + Long.toHexString(address) + ", " + lengthBytes + " bytes";
        }
        if (wrong != null) {
            breakQueue("descriptor " + slot + " " + wrong);
        }
        return wrong == null;
    }

    /** Opens an indirect table, or breaks the queue and returns null (VirtIO 1.2, 2.7.5.3.1 and 2.8.19). */
    final @Nullable IndirectReader openTable(int slot, long address, long lengthBytes, boolean hasNext) {
        String wrong = null;
        if (!config.indirect()) {
            wrong = "is indirect, which was not negotiated";
        } else if (hasNext) {
            wrong = "is indirect and goes on in another";
        } else if (!indirectReader.open(address, lengthBytes)) {
            wrong = "refers to a table of " + lengthBytes + " bytes at 0x" + Long.toHexString(address)
                    + ", which is not in guest memory or not a whole number of descriptors";
        }
        if (wrong != null) {
            breakQueue("descriptor " + slot + " " + wrong);
            return null;
        }
        return indirectReader;
    }

    /** The device was reset: this queue does nothing any more, whoever still holds it. */
    final void retire() {
        broken = true;
    }

    /** Counts fence D and what came of it. */
    final boolean countCall(boolean needed) {
        counters.addMb(1);
        if (needed) {
            counters.addCallsSent(1);
        } else {
            counters.addCallsSuppressed(1);
        }
        return needed;
    }

    final int breakQueue(String reason) {
        if (!broken) {
            broken = true;
            counters.addBroken(1);
            errorHandler.onError(new BrokenQueueException(config.index(), reason));
        }
        return BROKEN;
    }
}
