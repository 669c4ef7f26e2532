// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.FeatureBits;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the request queues of a {@link BlkDevice}, for one thread. Queues of the same device share no lock and no line of
 * memory that is written for a request: a thread each uses them as if the others were not there.
 *
 * <p>A buffer is given to one queue at a time, and allocated and freed as its arena's rule says: threads of several queues best
 * have an arena each, on a memory region of its own, besides the one that the device was opened with.
 *
 * <p>{@link #recover} resets this queue alone, while the others go on; this takes a device that agreed to RING_RESET. For the
 * others see {@link BlkDevice#recover}.
 *
 * <p>VirtIO 1.2, 5.2.2 Virtqueues.
 */
public final class BlkQueue implements BlkRequests {
    private final DiskSession disk;
    private final int index;
    private final BlkOptions options;
    private final ContinuedIdle idle;
    private final BlkData data = new BlkData();

    // What a reset of the device changes; of the queue, the last three.
    private RequestLimits limits;
    private QueueParts parts;
    private RequestChecks checks;
    private ActiveQueue active;
    private RequestQueue requests;
    private BlockingCalls waits;

    /** Of {@link #parts}; other threads end sleeps by it. */
    private volatile @Nullable UsedBufferSignal calls;

    /** Whether the device knows the queue; it does not after a reset that nothing followed. */
    private boolean isSetUp = true;

    private boolean isUp = true;
    private boolean isClosed;

    BlkQueue(DiskSession disk, int index, Started started) {
        this.disk = disk;
        this.index = index;
        this.options = disk.options();
        this.idle = new ContinuedIdle(options.idle().get());
        this.limits = started.limits();
        this.parts = started.queues().get(index);
        this.calls = parts.calls();
        this.checks = new RequestChecks(disk, parts.health(), started);
        this.active = parts.active();
        this.requests = new RequestQueue(active, parts, limits, options, idle);
        this.waits = new BlockingCalls(requests, parts.health());
    }

    /** {@return which of the device's queues this is, from 0 on} */
    public int index() {
        return index;
    }

    // --- the disk ----------------------------------------------------------------------------------------------

    @Override
    public long capacitySectors() {
        return checks.config().capacitySectors();
    }

    @Override
    public long blockSizeBytes() {
        return checks.config().blockSizeBytes();
    }

    @Override
    public boolean isReadOnly() {
        return checks.isReadOnly();
    }

    @Override
    public boolean supports(BlkOperation operation) {
        return checks.supports(operation);
    }

    /** How the device is, for this queue's thread. */
    DeviceHealth health() {
        return parts.health();
    }

    @Override
    public QueueCounters counters() {
        return requests.counters();
    }

    @Override
    public QueueStats stats() {
        return requests.counters().snapshot();
    }

    // --- many at a time ----------------------------------------------------------------------------------------

    @Override
    public int submitRead(long sector, BlkData destination, long token) {
        checks.requireRead(sector, destination.lengthBytes());
        return submit(BlkOperation.READ, sector, destination, token);
    }

    @Override
    public int submitWrite(long sector, BlkData source, long token) {
        checks.requireWrite(sector, source.lengthBytes());
        return submit(BlkOperation.WRITE, sector, source, token);
    }

    @Override
    public int submitFlush(long token) {
        if (checks.supports(BlkOperation.FLUSH)) {
            return submit(BlkOperation.FLUSH, 0, data.clear(), token);
        }
        int room = room();
        if (room == SUBMITTED) {
            requests.beginEnded(token);
        }
        return room;
    }

    @Override
    public int submitGetId(DmaBuffer destination, long token) {
        data.clear().addBytes(destination, 0, BlkRequestLayout.ID_BYTES);
        return submit(BlkOperation.GET_ID, 0, data, token);
    }

    @Override
    public int submitGetLifetime(DmaBuffer destination, long token) {
        checks.requireSupported(BlkOperation.GET_LIFETIME);
        data.clear().addBytes(destination, 0, BlkLifetimeLayout.LENGTH_BYTES);
        return submit(BlkOperation.GET_LIFETIME, 0, data, token);
    }

    @Override
    public int submitDiscard(BlkRanges ranges, long token) {
        return submit(BlkOperation.DISCARD, ranges, false, token);
    }

    @Override
    public int submitWriteZeroes(BlkRanges ranges, boolean unmap, long token) {
        return submit(BlkOperation.WRITE_ZEROES, ranges, unmap, token);
    }

    @Override
    public int submitSecureErase(BlkRanges ranges, long token) {
        return submit(BlkOperation.SECURE_ERASE, ranges, false, token);
    }

    private int submit(BlkOperation operation, long sector, BlkData what, long token) {
        int room = room();
        if (room == SUBMITTED) {
            requests.begin(operation, sector, what, token, false);
        }
        return room;
    }

    private int submit(BlkOperation operation, BlkRanges ranges, boolean unmap, long token) {
        RangeLimits covers = checks.require(operation, ranges);
        int room = room();
        if (room == SUBMITTED) {
            requests.begin(operation, ranges, covers, unmap, token, false);
        }
        return room;
    }

    /** {@link #SUBMITTED} if a request can be begun now. */
    private int room() {
        checkOpen();
        if (health().failure().isPresent()) {
            return BROKEN;
        }
        return requests.hasRoom(false) ? SUBMITTED : FULL;
    }

    @Override
    public int poll(BlkHandler handler) {
        checkOpen();
        requests.look();
        return outcomes(handler);
    }

    @Override
    public int await(BlkHandler handler) {
        int taken = poll(handler);
        requests.beginWait();
        while (taken == 0 && !requests.isIdle()) {
            requests.waitASlice();
            taken = outcomes(handler);
        }
        return taken;
    }

    /** {@return whether waits sleep, so that {@link #sleep} is there} */
    boolean sleeps() {
        return calls != null;
    }

    /**
     * Sleeps until there may be an outcome, or another thread {@linkplain #endSleep ends} the sleep, at most for a time.
     *
     * @return whether it may be asked for more; false if the device has failed, and nothing was waited for
     */
    boolean sleep(long maxNanos) {
        UsedBufferSignal signal = Objects.requireNonNull(calls, "waits do not sleep");
        if (health().failure().isPresent()) {
            return false;
        }
        requests.sleepFor(signal, maxNanos);
        return health().failure().isEmpty();
    }

    /** Ends the sleep that goes on, or the next one. Any thread. */
    void endSleep() {
        UsedBufferSignal signal = calls;
        if (signal != null) {
            signal.endWait();
        }
    }

    /** Whether a request that finds no room now will find none until the queue is reset. */
    boolean isStuck() {
        return !requests.hasRoom(false) && requests.isIdle();
    }

    /** Tells of a request that had no room to be sent because of others that the device does not answer. */
    BlkTimeoutException neverSent(BlkOperation operation, long sector, long lengthBytes) {
        return requests.neverSent(operation, sector, lengthBytes);
    }

    private int outcomes(BlkHandler handler) {
        int delivered = requests.deliver(handler);
        return delivered == 0 && health().failure().isPresent() ? BROKEN : delivered;
    }

    // --- one at a time -----------------------------------------------------------------------------------------

    @Override
    public void read(long sector, DmaBuffer... destination) {
        read(sector, dataOf(destination));
    }

    @Override
    public void read(long sector, BlkData destination) {
        checks.requireRead(sector, destination.lengthBytes());
        run(BlkOperation.READ, sector, destination);
    }

    @Override
    public void write(long sector, DmaBuffer... source) {
        write(sector, dataOf(source));
    }

    @Override
    public void write(long sector, BlkData source) {
        checks.requireWrite(sector, source.lengthBytes());
        run(BlkOperation.WRITE, sector, source);
    }

    @Override
    public void flush() {
        checkOpen();
        if (checks.supports(BlkOperation.FLUSH)) {
            run(BlkOperation.FLUSH, 0, data.clear());
        }
    }

    @Override
    public String id() {
        DmaBuffer answer = ask(BlkOperation.GET_ID, BlkRequestLayout.ID_BYTES);
        byte[] bytes = new byte[BlkRequestLayout.ID_BYTES];
        answer.memory().getBytes(answer.offset(), bytes, 0, bytes.length);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    @Override
    public BlkLifetime lifetime() {
        checks.requireSupported(BlkOperation.GET_LIFETIME);
        DmaBuffer answer = ask(BlkOperation.GET_LIFETIME, BlkLifetimeLayout.LENGTH_BYTES);
        return BlkLifetime.read(answer.memory(), answer.offset());
    }

    private DmaBuffer ask(BlkOperation operation, int answerBytes) {
        checkOpen();
        DmaBuffer answer = parts.answers();
        if (answer.isPinned()) {
            throw new IllegalStateException("the device has not answered an earlier request for its id or lifetime");
        }
        run(operation, 0, data.clear().addBytes(answer, 0, answerBytes));
        return answer;
    }

    @Override
    public void discard(BlkRanges ranges) {
        run(BlkOperation.DISCARD, ranges, false);
    }

    @Override
    public void writeZeroes(BlkRanges ranges, boolean unmap) {
        run(BlkOperation.WRITE_ZEROES, ranges, unmap);
    }

    @Override
    public void secureErase(BlkRanges ranges) {
        run(BlkOperation.SECURE_ERASE, ranges, false);
    }

    private BlkData dataOf(DmaBuffer[] buffers) {
        data.clear();
        for (DmaBuffer buffer : buffers) {
            data.add(buffer);
        }
        return data;
    }

    private void run(BlkOperation operation, long sector, BlkData what) {
        checkOpen();
        waits.run(operation, sector, what);
    }

    private void run(BlkOperation operation, BlkRanges ranges, boolean unmap) {
        RangeLimits covers = checks.require(operation, ranges);
        checkOpen();
        waits.run(operation, ranges, covers, unmap);
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("this block driver is closed");
        }
    }

    // --- reset -------------------------------------------------------------------------------------------------

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the device did not agree to RING_RESET
     * @throws BlkDeviceException if the device as a whole needs a reset
     */
    @Override
    public void recover(BlkHandler handler) {
        checkOpen();
        if (!checks.features().has(FeatureBits.RING_RESET)) {
            throw new IllegalStateException("the device cannot reset a queue by itself; reset it as a whole");
        }
        if (!isUp || disk.needsReset()) {
            health().waitEnded();
            BlkDeviceException.throwIfFailed(health());
        }
        health().resetting();
        if (isSetUp) {
            disk.resetQueue(active);
            isSetUp = false;
        }
        RequestQueue old = requests;
        old.cancel();
        try {
            active = disk.setUpQueue(index, active.queue().config().size(), parts);
            isSetUp = true;
            begin();
            health().queueRenewed();
        } finally {
            old.deliver(handler);
        }
    }

    private void begin() {
        requests = new RequestQueue(active, parts, limits, options, idle);
        waits = new BlockingCalls(requests, parts.health());
    }

    /** The device has been reset: takes everything back. Does nothing if that was done before. */
    void takeDown() {
        if (isUp) {
            isUp = false;
            requests.cancel();
            disk.free(parts);
        }
    }

    /** The device has been brought up again. */
    void takeUp(Started started) {
        limits = started.limits();
        parts = started.queues().get(index);
        calls = parts.calls();
        checks = new RequestChecks(disk, parts.health(), started);
        active = parts.active();
        begin();
        isSetUp = true;
        isUp = true;
    }

    /** What {@link #takeDown} took back, or what was never asked for. */
    RequestQueue undelivered() {
        return requests;
    }

    /** Nothing is ever asked again. */
    void close() {
        isClosed = true;
    }
}
