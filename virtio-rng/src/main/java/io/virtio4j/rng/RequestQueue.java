// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.CancelHandler;
import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.transport.Doorbell;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Requests on the queue {@code requestq}: sent, taken back, timed out. One thread. Allocates nothing after set-up but exceptions. */
final class RequestQueue {
    private static final int CHAIN_PARTS = 1;

    /** Kept for blocking calls, which must not wait until somebody takes the outcomes of submitted requests. */
    private static final int SPARE_REQUESTS = 1;

    private final DriverQueue queue;
    private final Doorbell doorbell;
    private final UsedBufferSignal signal;
    private final DeviceHealth health;
    private final RngErrors errors;
    private final int size;
    private final BufferChain chain = new BufferChain(CHAIN_PARTS);

    /** By slot. */
    private final Request[] requests;

    private final ArrayDeque<Request> free;

    /** What the user is to be told of, in this order. */
    private final ArrayDeque<Request> ready;

    /** Submitted, and their outcome not known. */
    private int waiting;

    /** No submitted request is overdue before this, if any is waiting at all. */
    private long nextDeadlineNanos;

    /** Made once: a method reference in the call would be an object for each look. */
    private final UsedHandler onUsed = this::onUsed;

    private final CancelHandler onCancelled = this::onCancelled;

    RequestQueue(ActiveQueue active, UsedBufferSignal signal, DeviceHealth health, RngErrors errors) {
        this.queue = active.queue();
        this.doorbell = active.doorbell();
        this.signal = signal;
        this.health = health;
        this.errors = errors;
        this.size = queue.config().size();
        this.requests = new Request[size + SPARE_REQUESTS];
        this.free = new ArrayDeque<>(requests.length);
        this.ready = new ArrayDeque<>(requests.length);
        for (int slot = 0; slot < requests.length; slot++) {
            requests[slot] = new Request(slot);
            free.add(requests[slot]);
        }
        queue.disableCallbacks();
    }

    QueueCounters counters() {
        return queue.counters();
    }

    /** Sends a request, or returns null if there is no room for it now. */
    @Nullable
    Request submit(DmaBuffer buffer, long offset, long lengthBytes, long token, boolean awaited, long deadlineNanos) {
        if (free.size() <= (awaited ? 0 : SPARE_REQUESTS)) {
            return null;
        }
        Request request = free.element();
        // Writable only: the driver must not place a device-readable buffer into the queue (5.4.6.1).
        chain.clear().addWritable(buffer.guestAddress() + offset, lengthBytes);
        if (queue.add(chain, request.slot) < 0) {
            return null;
        }
        free.remove();
        request.begin(buffer, token, awaited, deadlineNanos); // on record before the device can see it
        if (!awaited && waiting++ == 0) {
            nextDeadlineNanos = deadlineNanos; // all have the same time, so the first is the first to be overdue
        }
        queue.publish();
        queue.kick(doorbell);
        return request;
    }

    private void onUsed(long slot, long writtenBytes) {
        giveBack(requests[(int) slot], writtenBytes);
        if (writtenBytes == 0) {
            errors.empty(); // last: the user's error handler may throw
        }
    }

    private void giveBack(Request request, long outcome) {
        request.givenBack();
        if (!request.isEnded()) {
            end(request, outcome);
        }
        recycleIfDone(request);
    }

    private void end(Request request, long outcome) {
        request.end(outcome);
        if (!request.isAwaited()) {
            waiting--;
            ready.add(request);
        }
    }

    private void recycleIfDone(Request request) {
        if (request.isTold() && !request.isWithDevice()) {
            free.add(request);
        }
    }

    // --- looking and waiting -----------------------------------------------------------------------------------

    /** Takes what the device has used, without waiting. */
    void look() {
        queue.poll(onUsed, size);
        expireOverdue();
    }

    /** Sleeps until the device has used something or a submitted request is overdue, at most for a time. */
    void sleep(long maxNanos) {
        long nanos = maxNanos;
        if (waiting > 0) {
            nanos = Math.max(0, Math.min(nanos, nextDeadlineNanos - System.nanoTime()));
        }
        if (queue.awaitUsed(onUsed, size, signal, nanos) == DriverQueue.BROKEN) {
            health.waitEnded();
        }
        expireOverdue();
    }

    private void expireOverdue() {
        if (waiting == 0) {
            return;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - nextDeadlineNanos < 0) {
            return;
        }
        long next = Long.MAX_VALUE;
        for (Request request : requests) {
            if (request.isWithDevice() && !request.isEnded() && !request.isAwaited()) {
                long leftNanos = request.deadlineNanos() - nowNanos;
                if (leftNanos <= 0) {
                    end(request, RngDevice.TIMED_OUT);
                    errors.timedOut();
                } else {
                    next = Math.min(next, leftNanos);
                }
            }
        }
        nextDeadlineNanos = nowNanos + next;
    }

    /** {@return whether nobody is waiting for anything, and nothing is to be told} */
    boolean isIdle() {
        return waiting == 0 && ready.isEmpty();
    }

    /** Tells of all outcomes that are there, and returns how many. */
    int deliver(RngHandler handler) {
        int delivered = 0;
        Request request = ready.poll();
        while (request != null) {
            long token = request.token();
            long outcome = request.outcome();
            forget(request);
            delivered++;
            handler.onCompleted(token, outcome);
            request = ready.poll();
        }
        return delivered;
    }

    /** The user knows how a request ended, or no longer waits for it. */
    void forget(Request request) {
        if (!request.isEnded()) {
            request.end(RngDevice.TIMED_OUT);
        }
        request.tell();
        recycleIfDone(request);
    }

    // --- the end -----------------------------------------------------------------------------------------------

    private void onCancelled(long slot) {
        giveBack(requests[(int) slot], RngDevice.CANCELLED);
    }

    /** Takes back what the device never used, and tells of it. The device must have been reset. */
    void cancel(RngHandler handler) {
        queue.cancelAll(onCancelled);
        deliver(handler);
    }
}
