// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.RngQueues;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A driver for an entropy device, which gives random bytes.
 *
 * <pre>
 *   RngDevice rng = RngDevice.open(transport, arena, RngOptions.defaults(errorHandler));
 *   rng.nextBytes(seed);                                     // blocking, until the array is full
 *
 *   rng.submit(buffer, 0, buffer.lengthBytes(), token);      // many at a time
 *   rng.await((token, outcome) -&gt; ...);
 * </pre>
 *
 * <p>The device may fill less of a buffer than was asked for. A submitted request then ends with what there is; a
 * blocking
 * call asks again. Buffers are pinned from the submission until the device is done with them, which after a timeout
 * may be
 * much later than the outcome.
 *
 * <p>One thread at a time uses a driver and its arena. Requests allocate nothing. A blocking call leaves submitted
 * requests
 * alone; their outcomes wait for the next {@link #poll}.
 *
 * <p>How good the bytes are is the device's affair: a driver cannot tell random bytes from others. They suit as a
 * seed, or
 * to be mixed into one. There is no {@code RandomGenerator} here: one that draws numbers in a range tries again until
 * one
 * fits, and a device that always gives the same would keep it trying for ever.
 *
 * <p>The bytes are secrets, and the buffer that the device fills for {@link #nextBytes} is wiped as soon as they are
 * handed
 * out. That keeps nothing from the device, which has known them all along; it keeps them from whoever is given the
 * memory
 * next, and out of a later copy or dump of it. A buffer of the user's is the user's to wipe, and so is the array.
 *
 * <p>VirtIO 1.2, 5.4 Entropy Device.
 */
public final class RngDevice implements AutoCloseable {
    /** The request was taken: its token will come back, once. */
    public static final int SUBMITTED = 0;

    /** There is no room for a request now: poll, then try again. */
    public static final int FULL = -1;

    /** Only a reset helps: close the driver, and open it again. */
    public static final int BROKEN = -2;

    /**
     * The outcome of a request that came back with nothing in it. No device may do that (5.4.6.2 Device Requirements:
     * Device
     * Operation), so another request is hardly of use.
     */
    public static final long NO_BYTES = 0;

    /** The outcome of a request that the device did not answer in time. Its buffer stays pinned until it does. */
    public static final long TIMED_OUT = -1;

    /** The outcome of a request that was in flight when the driver was closed. */
    public static final long CANCELLED = -2;

    private static final RngHandler NOBODY = (token, outcome) -> {};
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final long MAX_REQUEST_BYTES = (1L << 32) - 1;
    private static final int BOUNCE_BYTES = 4096;
    private static final int BOUNCE_ALIGN_BYTES = 64;

    private final DriverSession session;
    private final DeviceHealth health;
    private final RequestQueue requests;
    private final BlockingReads reads;
    private final long timeoutNanos;
    private final Features features;
    private boolean closed;

    private RngDevice(DriverSession session, DmaArena arena, DmaBuffer bounce, RngOptions options) {
        this.session = session;
        this.features = session.features();
        this.timeoutNanos = options.timeoutNanos();
        this.health = DeviceHealth.of(session, options.errorHandler());
        RngErrors errors = new RngErrors(options.errorHandler());
        UsedBufferSignal signal = new UsedBufferSignal();
        ActiveQueue active = session.setUpQueue(
                RngQueues.REQUEST, queueSize(session, options), arena, BarrierPolicy.OPTIMIZED, signal, health);
        this.requests = new RequestQueue(active, signal, health, errors);
        this.reads = new BlockingReads(requests, health, errors, bounce);
    }

    /**
     * Brings an entropy device up. VirtIO 1.2, 5.4.5 Device Initialization.
     *
     * @param transport the way to the device; stays open when the driver closes
     * @param arena where the ring and a buffer of 4 KiB are carved from; used by this driver's thread
     * @param options how many requests, and how long to wait for them
     * @return the driver
     * @throws DeviceInitException if the device is no entropy device, or cannot be driven
     * @throws TransportException if the device does not answer
     * @throws IllegalStateException if the arena has no room
     */
    public static RngDevice open(Transport transport, DmaArena arena, RngOptions options) {
        DriverSpec spec = new DriverSpec(DeviceId.ENTROPY, options.ringFeatures(), Features.NONE, List.of());
        DriverSession session = DriverSession.open(transport, spec);
        DmaBuffer bounce = null;
        try {
            bounce = arena.allocate(BOUNCE_BYTES, BOUNCE_ALIGN_BYTES);
            RngDevice device = new RngDevice(session, arena, bounce, options);
            session.driverOk();
            return device;
        } catch (RuntimeException e) {
            undo(e, session, bounce);
            throw e;
        }
    }

    private static int queueSize(DriverSession session, RngOptions options) {
        int max = session.maxQueueSize(RngQueues.REQUEST);
        if (max < 1) {
            throw session.giveUp("the device has no queue for requests");
        }
        int size = Math.min(options.queueSize(), max);
        return RingFormat.of(session.features()) == RingFormat.SPLIT ? Integer.highestOneBit(size) : size;
    }

    private static void undo(RuntimeException cause, DriverSession session, @Nullable DmaBuffer bounce) {
        session.giveUp(cause);
        try {
            session.close();
            if (bounce != null) {
                bounce.free();
            }
        } catch (TransportException e) {
            // The device may still use the memory: it stays carved out.
            cause.addSuppressed(e);
        }
    }

    /** {@return the features agreed on; all of them features of queues, as this type of device has none} */
    public Features features() {
        return features;
    }

    /** {@return the counters of the driver's half of the queue; any thread may read them} */
    public QueueCounters counters() {
        return requests.counters();
    }

    /** {@return the values of these counters, now; take differences} */
    public QueueStats stats() {
        return requests.counters().snapshot();
    }

    // --- many at a time ----------------------------------------------------------------------------------------

    /**
     * Asks for random bytes.
     *
     * @param buffer where to, from {@code offset} on; not to be looked at before the outcome
     * @param offset the first byte to be filled
     * @param lengthBytes how many at most, 1..2^32-1
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     * @throws IllegalArgumentException if the range is empty or not in the buffer
     */
    public int submit(DmaBuffer buffer, long offset, long lengthBytes, long token) {
        checkOpen();
        if (offset < 0
                || lengthBytes < 1
                || lengthBytes > MAX_REQUEST_BYTES
                || lengthBytes > buffer.lengthBytes() - offset) {
            throw new IllegalArgumentException(lengthBytes + " bytes at offset " + offset + " of " + buffer);
        }
        if (health.failure().isPresent()) {
            return BROKEN;
        }
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        return requests.submit(buffer, offset, lengthBytes, token, false, deadlineNanos) == null ? FULL : SUBMITTED;
    }

    /**
     * Takes outcomes of submitted requests, without waiting.
     *
     * @param handler gets each of them
     * @return how many there were; {@link #BROKEN} if there were none and only a reset helps
     */
    public int poll(RngHandler handler) {
        checkOpen();
        requests.look();
        return outcomes(handler);
    }

    /**
     * Sleeps until there is an outcome of a submitted request, and takes all that are there. A timeout is an outcome,
     * so the
     * wait is bounded.
     *
     * @param handler gets each of them
     * @return how many there were; 0 if no request is waited for, or if the thread was interrupted, its interrupt
     *     status
     *     still being set; {@link #BROKEN} if there were none and only a reset helps
     */
    public int await(RngHandler handler) {
        int taken = poll(handler);
        while (taken == 0 && !requests.isIdle() && !Thread.currentThread().isInterrupted()) {
            requests.sleep(NO_LIMIT);
            taken = outcomes(handler);
        }
        return taken;
    }

    private int outcomes(RngHandler handler) {
        int delivered = requests.deliver(handler);
        return delivered == 0 && health.failure().isPresent() ? BROKEN : delivered;
    }

    // --- until an array is full --------------------------------------------------------------------------------

    /**
     * Fills an array with random bytes, and sleeps until it is full, at most for the time in the options.
     *
     * @param destination filled from its start to its end; if this throws, it holds anything
     * @throws RngTimeoutException if the device takes too long
     * @throws RngInterruptedException if the thread is interrupted
     * @throws RngDeviceException if the device gives nothing, or only a reset helps
     */
    public void nextBytes(byte[] destination) {
        nextBytes(destination, 0, destination.length, timeoutNanos);
    }

    /**
     * Fills a part of an array with random bytes, and sleeps until it is full.
     *
     * @param destination where to; if this throws, the part holds anything
     * @param index the first byte to be filled
     * @param lengthBytes how many; 0 is done at once
     * @param timeoutNanos how long this may take in all, more than 0
     * @throws IndexOutOfBoundsException if the part is not in the array
     * @throws IllegalArgumentException if the time is not more than 0
     * @throws RngTimeoutException if the device takes too long
     * @throws RngInterruptedException if the thread is interrupted
     * @throws RngDeviceException if the device gives nothing, or only a reset helps
     */
    public void nextBytes(byte[] destination, int index, int lengthBytes, long timeoutNanos) {
        checkOpen();
        Objects.checkFromIndexSize(index, lengthBytes, destination.length);
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("a timeout is more than 0, not " + timeoutNanos + " ns");
        }
        reads.fill(destination, index, lengthBytes, timeoutNanos);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this entropy driver is closed");
        }
    }

    // --- the end -----------------------------------------------------------------------------------------------

    /**
     * Resets the device, after which it owns nothing any more, and gives all memory back. Requests in flight are
     * forgotten.
     *
     * @throws TransportException if the device does not end the reset: its memory and the buffers of requests in
     *     flight then
     *     stay pinned, and this may be tried again
     */
    @Override
    public void close() {
        close(NOBODY);
    }

    /**
     * As {@link #close()}, and tells of every submitted request whose outcome was not taken: {@link #CANCELLED} for
     * those
     * that were in flight.
     *
     * @param handler gets each of them
     * @throws TransportException if the device does not end the reset
     */
    public void close(RngHandler handler) {
        if (closed) {
            return;
        }
        health.closing();
        session.close();
        closed = true;
        try {
            requests.cancel(handler);
        } finally {
            reads.close();
        }
    }
}
