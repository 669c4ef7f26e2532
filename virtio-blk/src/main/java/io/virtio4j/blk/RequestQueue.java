// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.CancelHandler;
import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import java.util.ArrayDeque;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * Operations on one request queue: cut into requests, sent, taken back, timed out.
 *
 * <pre>
 *   free --begin--&gt; with the device --all requests back--&gt; ready --deliver--&gt; free
 *                        |
 *                        +--deadline--&gt; ready --deliver--&gt; still with the device --back--&gt; free
 * </pre>
 *
 * <p>At most one operation is sent in part only, because the queue was full; nothing else is taken before the rest of
 * it
 * has been sent. One thread. Allocates nothing after set-up but a timeout's exception.
 */
final class RequestQueue {
    /**
     * A slice of a wait: short enough for the clock to matter, long enough for its cost not to; and for a sleep not
     * to.
     */
    private static final int SLICE_SPINS = 128;

    /** Kept for blocking calls, which must not wait until somebody takes the outcomes of submitted ones. */
    private static final int SPARE_OPERATIONS = 1;

    private final DriverQueue queue;
    private final Doorbell doorbell;
    private final RequestSlots slots;
    private final RequestLimits limits;
    private final ErrorHandler errorHandler;
    private final long timeoutNanos;
    private final ContinuedIdle idle;
    private final DeviceHealth health;

    /** What to sleep on; null if waits do not sleep. */
    private final @Nullable UsedBufferSignal calls;

    /** Whether the wait that goes on has not looked its first slice. */
    private boolean looksFirst;

    private final int size;
    private final BufferChain chain;
    private final BlkData noData = new BlkData();

    private final PendingOperation[] operations;
    private final ArrayDeque<PendingOperation> free;

    /** What the user is to be told of, in this order. */
    private final ArrayDeque<PendingOperation> ready;

    /** By slot. */
    private final @Nullable PendingOperation[] owners;

    /** By slot: how many bytes of data the device has to write. */
    private final long[] answerBytes;

    /** Sent in part only. */
    private @Nullable PendingOperation unissued;

    /** No operation is overdue before this, if any is waiting at all. */
    private long nextDeadlineNanos;

    private int waiting;

    /** Made once: a method reference in the call would be an object for each look. */
    private final UsedHandler onUsed = this::onUsed;

    private final CancelHandler onCancelled = this::onCancelled;

    /** @param active the queue as it is set up now, which after a reset is another than at first */
    RequestQueue(ActiveQueue active, QueueParts parts, RequestLimits limits, BlkOptions options, ContinuedIdle idle) {
        this.queue = active.queue();
        this.doorbell = active.doorbell();
        this.slots = parts.slots();
        this.health = parts.health();
        this.calls = parts.calls();
        this.limits = limits;
        this.errorHandler = options.errorHandler();
        this.timeoutNanos = options.timeoutNanos();
        this.idle = idle;
        this.size = queue.config().size();
        this.chain = new BufferChain(size);
        this.operations = new PendingOperation[size + SPARE_OPERATIONS];
        this.free = new ArrayDeque<>(operations.length);
        this.ready = new ArrayDeque<>(operations.length);
        this.owners = new PendingOperation[size];
        this.answerBytes = new long[size];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = new PendingOperation();
            free.add(operations[i]);
        }
        queue.disableCallbacks();
    }

    QueueCounters counters() {
        return queue.counters();
    }

    /**
     * {@return whether an operation could be begun now}
     *
     * @param awaited whether somebody will wait for just this one; outcomes that nobody takes do not stand in its way
     */
    boolean hasRoom(boolean awaited) {
        return unissued == null && !slots.isEmpty() && free.size() > (awaited ? 0 : SPARE_OPERATIONS);
    }

    /** Begins an operation; there must be room. */
    PendingOperation begin(BlkOperation what, long sector, BlkData data, long token, boolean awaited) {
        PendingOperation operation = free.element();
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        operation.begin(what, sector, data, token, awaited, deadlineNanos);
        return start(operation, deadlineNanos);
    }

    /** Begins an operation on ranges; there must be room, and at least one range. */
    PendingOperation begin(
            BlkOperation what, BlkRanges ranges, RangeLimits covers, boolean unmap, long token, boolean awaited) {
        PendingOperation operation = free.element();
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        operation.begin(what, ranges, covers, unmap, token, awaited, deadlineNanos);
        return start(operation, deadlineNanos);
    }

    private PendingOperation start(PendingOperation operation, long deadlineNanos) {
        free.remove();
        if (waiting++ == 0) {
            nextDeadlineNanos = deadlineNanos;
        }
        unissued = operation;
        issue();
        return operation;
    }

    /** Begins an operation that needs no device: it is ready at once. */
    void beginEnded(long token) {
        PendingOperation operation = free.remove();
        operation.begin(BlkOperation.FLUSH, 0, noData, token, false, 0);
        operation.end(BlkStatus.OK);
        ready.add(operation);
    }

    private void issue() {
        PendingOperation operation = unissued;
        if (operation == null) {
            return;
        }
        boolean sent = false;
        while (!operation.isIssued() && !slots.isEmpty()) {
            int slot = operation.fill(chain, limits, slots);
            if (queue.add(chain, slot) < 0) {
                // Full, or broken: then nothing is sent ever again, and the driver's health says why.
                slots.putBack(slot);
                break;
            }
            // On record before the device can see it.
            owners[slot] = operation;
            answerBytes[slot] = chain.writableBytes() - BlkRequestLayout.STATUS_BYTES;
            operation.requestIssued();
            sent = true;
        }
        if (sent) {
            queue.publish();
            queue.kick(doorbell);
        }
        if (operation.isIssued()) {
            unissued = null;
        }
    }

    private void onUsed(long token, long writtenBytes) {
        int slot = (int) token;
        PendingOperation operation = takeBack(slot);
        operation.requestEnded(status(slot, writtenBytes));
        if (operation.isIssued() && !operation.isWithDevice()) {
            end(operation, operation.status());
        }
    }

    /**
     * Data that the device does not say to have written is none, whatever the status is (VirtIO 1.2, 2.7.8.3 Driver
     * Requirements: The
     * Virtqueue Used Ring). The status itself is known to be written when it is not the one that the slot began with;
     * there are
     * devices that leave it out of the used length.
     */
    private int status(int slot, long writtenBytes) {
        int status = slots.status(slot);
        return status == BlkStatus.OK && writtenBytes < answerBytes[slot] ? RequestSlots.NO_STATUS : status;
    }

    private PendingOperation takeBack(int slot) {
        PendingOperation operation = owners[slot];
        if (operation == null) {
            throw new IllegalStateException("no request has slot " + slot);
        }
        owners[slot] = null;
        slots.putBack(slot);
        return operation;
    }

    /** The device is done with an operation, or will never see it. */
    private void end(PendingOperation operation, int status) {
        boolean wasWaiting = operation.isWaiting();
        operation.end(status);
        if (operation == unissued) {
            unissued = null;
        }
        if (wasWaiting) {
            waiting--;
            if (!operation.isAwaited()) {
                ready.add(operation);
            }
        } else if (operation.isTold()) {
            recycle(operation);
        }
    }

    private void recycle(PendingOperation operation) {
        operation.release();
        free.add(operation);
    }

    // --- looking and waiting -----------------------------------------------------------------------------------

    /** Takes what the device has used, without waiting. */
    void look() {
        queue.poll(onUsed, size);
        goOn();
    }

    /** Starts a wait of several {@linkplain #waitASlice slices}. */
    void beginWait() {
        idle.begin();
        looksFirst = true;
    }

    /**
     * Waits a moment for the device to use something, and takes it; or sleeps until it does or an operation is
     * overdue. An
     * interrupt is left to the caller's caller: a thread that has one cannot sleep, and looks.
     */
    void waitASlice() {
        UsedBufferSignal signal = calls;
        if (signal == null || looksFirst || Thread.currentThread().isInterrupted()) {
            looksFirst = false;
            queue.pollUsed(onUsed, size, SLICE_SPINS, idle);
        } else {
            sleep(signal, waiting > 0 ? leftNanos() : 0);
        }
        goOn();
    }

    /**
     * Sleeps until the device uses something, an operation is overdue or another thread ends the sleep, at most for a
     * time, and
     * takes what was used. Does not sleep if the device has failed.
     *
     * @param signal what the queue was set up with
     */
    void sleepFor(UsedBufferSignal signal, long maxNanos) {
        sleep(signal, waiting > 0 ? Math.min(leftNanos(), maxNanos) : maxNanos);
        goOn();
    }

    private long leftNanos() {
        return Math.max(0, nextDeadlineNanos - System.nanoTime());
    }

    private void sleep(UsedBufferSignal signal, long leftNanos) {
        if (queue.awaitUsed(onUsed, size, signal, leftNanos) == DriverQueue.BROKEN) {
            health.waitEnded();
        }
    }

    private void goOn() {
        issue();
        if (waiting > 0) {
            long nowNanos = System.nanoTime();
            if (nowNanos - nextDeadlineNanos >= 0) {
                expire(nowNanos);
            }
        }
    }

    private void expire(long nowNanos) {
        long next = nowNanos + timeoutNanos;
        for (PendingOperation operation : operations) {
            if (!operation.isWaiting()) {
                continue;
            }
            if (nowNanos - operation.deadlineNanos() >= 0) {
                timeOut(operation);
            } else if (operation.deadlineNanos() - next < 0) {
                next = operation.deadlineNanos();
            }
        }
        nextDeadlineNanos = next;
    }

    private void timeOut(PendingOperation operation) {
        BlkTimeoutException timeout = operation.timeOut();
        waiting--;
        if (operation == unissued) {
            unissued = null;
        }
        if (!operation.isAwaited()) {
            ready.add(operation);
        }
        if (!operation.isWithDevice()) {
            end(operation, BlkDevice.TIMED_OUT);
        }
        errorHandler.onError(timeout);
    }

    /** {@return whether all room is taken by operations that the device does not answer, and will stay so} */
    boolean isStuck() {
        return !hasRoom(true) && waiting == 0;
    }

    /** Tells of an operation that had no room to be sent because of others that the device does not answer. */
    BlkTimeoutException neverSent(BlkOperation what, long sector, long lengthBytes) {
        BlkTimeoutException timeout =
                new BlkTimeoutException(what, sector * BlkRequestLayout.SECTOR_BYTES, lengthBytes);
        errorHandler.onError(timeout);
        return timeout;
    }

    /** {@return whether nobody is waiting for anything, and nothing is to be told} */
    boolean isIdle() {
        return waiting == 0 && ready.isEmpty();
    }

    /** Tells of all outcomes that are there, and returns how many. */
    int deliver(BlkHandler handler) {
        int delivered = 0;
        PendingOperation operation = ready.poll();
        while (operation != null) {
            long token = operation.token();
            int status = operation.timeout() == null ? operation.status() : BlkDevice.TIMED_OUT;
            forget(operation);
            delivered++;
            handler.onCompleted(token, status);
            operation = ready.poll();
        }
        return delivered;
    }

    /** The user knows how an operation ended, or no longer waits for it. */
    void forget(PendingOperation operation) {
        if (operation.isWaiting()) {
            waiting--;
        }
        operation.tell();
        if (operation.isEnded()) {
            recycle(operation);
        }
    }

    // --- the end -----------------------------------------------------------------------------------------------

    private void onCancelled(long token) {
        takeBack((int) token).requestEnded(BlkStatus.OK);
    }

    /**
     * Takes back what the device never used; {@link #deliver} tells of it. The device, or the queue, must have been
     * reset, and
     * nothing can be begun any more.
     */
    void cancel() {
        queue.cancelAll(onCancelled);
        for (PendingOperation operation : operations) {
            if (operation.isInUse() && !operation.isEnded()) {
                end(operation, BlkDevice.CANCELLED);
            }
        }
    }
}
