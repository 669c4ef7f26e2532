// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * The queue's thread behind {@link BlkFutures}: submits what other threads ask for, and completes their futures.
 *
 * <pre>
 *   calls --&gt; (held while the queue is full) --&gt; in flight, by token --&gt; complete
 * </pre>
 */
final class FutureAgent implements Agent {
    /** How long a sleep is at most, if nobody asks for anything. */
    private static final long MAX_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BlkRequests requests;
    private final BlkQueue queue;

    /** Whether a duty cycle that finds nothing to do sleeps. */
    private final boolean sleeps;

    private final Queue<FutureCall> calls;
    private final Queue<FutureWork<?>> works;
    private final Long2ObjectHashMap<FutureCall> inFlight = new Long2ObjectHashMap<>();
    private final BlkHandler handler = this::onCompleted;
    private @Nullable FutureCall held;
    private long nextToken;

    /** The thread is to end: it sleeps no more. */
    private volatile boolean closing;

    /** Nobody looks at what is asked for any more. */
    private volatile boolean ended;

    FutureAgent(BlkRequests requests, Queue<FutureCall> calls, Queue<FutureWork<?>> works, boolean sleeps) {
        this.requests = requests;
        this.queue = requests instanceof BlkDevice device ? device.queue(0) : (BlkQueue) requests;
        this.sleeps = sleeps;
        if (sleeps && !queue.sleeps()) {
            throw new IllegalArgumentException(
                    "the waits of this device do not sleep: it was opened without" + " BlkOptions.withSleep(true)");
        }
        this.calls = calls;
        this.works = works;
    }

    BlkRequests requests() {
        return requests;
    }

    void recover() {
        requests.recover(handler);
    }

    @Override
    public int doWork() {
        int done = requests.poll(handler);
        if (done < 0) {
            done = failInFlight();
        }
        FutureWork<?> work = works.poll();
        if (work != null) {
            work.run(this);
            done++;
        }
        FutureCall call = held != null ? held : calls.poll();
        while (call != null && start(call)) {
            done++;
            call = calls.poll();
        }
        held = call;
        return done > 0 || !sleeps || closing ? done : sleep();
    }

    /** What is asked for from the look at the queues on ends this sleep before it begins. */
    private int sleep() {
        return queue.sleep(MAX_SLEEP_NANOS) ? 1 : 0;
    }

    /** Something has been asked for. Any thread. */
    void wakeUp() {
        if (sleeps) {
            queue.endSleep();
        }
    }

    /** The thread is about to be told to end. Any thread. */
    void closing() {
        closing = true;
        wakeUp();
    }

    /** Returns false if there is no room for it now. */
    private boolean start(FutureCall call) {
        long token = nextToken++;
        int submitted;
        try {
            submitted = call.submission().submit(requests, token);
        } catch (RuntimeException e) {
            // Misuse: told to the one who asked.
            call.future().completeExceptionally(e);
            return true;
        }
        if (submitted == BlkRequests.SUBMITTED) {
            inFlight.put(token, call);
        } else if (submitted == BlkRequests.BROKEN) {
            call.future().completeExceptionally(BlkDeviceException.of(queue.health()));
        } else if (queue.isStuck()) {
            call.future().completeExceptionally(queue.neverSent(call.operation(), call.sector(), call.lengthBytes()));
        } else {
            return false;
        }
        return true;
    }

    private void onCompleted(long token, int status) {
        FutureCall call = inFlight.remove(token);
        // Not there if it failed with the device before.
        if (call != null) {
            call.complete(status);
        }
    }

    private int failInFlight() {
        List<FutureCall> failed = new ArrayList<>(inFlight.values());
        inFlight.clear();
        failed.forEach(call -> call.future().completeExceptionally(BlkDeviceException.of(queue.health())));
        return failed.size();
    }

    /** Whether the thread takes no more of what is asked for. Any thread. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public void onClose() {
        ended = true;
        FutureCall waiting = held;
        if (waiting != null) {
            waiting.cancel();
        }
        cancel(calls);
        cancel(works);
        try {
            while (!inFlight.isEmpty()) {
                if (requests.await(handler) < 0) {
                    failInFlight();
                }
            }
        } finally {
            // Only if the queue was taken away, or closed, too early.
            inFlight.values().forEach(FutureCall::cancel);
        }
    }

    private static void cancel(Queue<? extends FutureStep> steps) {
        FutureStep step = steps.poll();
        while (step != null) {
            step.cancel();
            step = steps.poll();
        }
    }

    @Override
    public String roleName() {
        return "virtio-blk futures of queue " + queue.index();
    }
}
