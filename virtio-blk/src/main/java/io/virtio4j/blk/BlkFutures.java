// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkRequestLayout;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Requests of any thread, each with a {@link CompletableFuture}, through one queue that has a thread of its own for that.
 *
 * <pre>
 *   try (BlkFutures futures = BlkFutures.start(disk, idle, errorHandler)) {
 *       futures.write(0, first).thenCompose(done -&gt; futures.flush()).join();
 *   }
 * </pre>
 *
 * <p>From {@link #start} to the end of {@link #close()} nobody else uses the queue. Requests that find the queue full wait, in
 * the order in which they were asked for. A buffer is the device's until its future is complete, and not to be touched or
 * freed meanwhile; when it completes with {@link BlkTimeoutException}, until {@link #recover()} has completed, too.
 *
 * <p>A future completes exceptionally with {@link BlkRequestException}, {@link BlkTimeoutException} or {@link
 * BlkDeviceException}, with {@link CancellationException} when a reset or a close was in between, and with the exception of
 * {@link BlkRequests} for misuse. It completes on the queue's thread, with all that depends on it and is not asynchronous
 * itself: that must not wait for another of these futures, and if it leaves the thread interrupted, all later futures are
 * cancelled. Cancelling a future changes nothing for the device.
 *
 * <p>Futures allocate. What must not uses {@link BlkRequests}.
 */
public final class BlkFutures implements AutoCloseable {
    /** How often a thread that sleeps otherwise looks for somebody who asks for a recovery of a device that has failed. */
    private static final int BROKEN_MILLIS = 1;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Queue<FutureCall> calls = new ConcurrentLinkedQueue<>();

    /** Not behind requests that wait for room: one of these may be what gives it to them. */
    private final Queue<FutureWork<?>> works = new ConcurrentLinkedQueue<>();

    private final FutureAgent agent;
    private final AgentRunner runner;
    private @Nullable Thread thread;
    private volatile boolean closed;

    private BlkFutures(BlkRequests requests, boolean sleeps, IdleStrategy idle, ErrorHandler errorHandler) {
        this.agent = new FutureAgent(requests, calls, works, sleeps);
        this.runner = new AgentRunner(idle, errorHandler, null, agent);
    }

    /**
     * Starts the thread.
     *
     * @param requests a device with one queue, or one of the queues of any device
     * @param idle what the thread does when there is nothing to do; used by it only
     * @param errorHandler is told what goes wrong on that thread and is no request's outcome
     * @return the futures' source
     */
    public static BlkFutures start(BlkRequests requests, IdleStrategy idle, ErrorHandler errorHandler) {
        return start(new BlkFutures(requests, false, idle, errorHandler));
    }

    /**
     * Starts a thread that sleeps until it is asked for something or the device calls.
     *
     * @param requests a device with one queue, or one of the queues of any device, opened with {@link BlkOptions#sleep}
     * @param errorHandler is told what goes wrong on that thread and is no request's outcome
     * @return the futures' source
     * @throws IllegalArgumentException if the device was opened without
     */
    public static BlkFutures start(BlkRequests requests, ErrorHandler errorHandler) {
        IdleStrategy whileBroken = new SleepingMillisIdleStrategy(BROKEN_MILLIS);
        return start(new BlkFutures(requests, true, whileBroken, errorHandler));
    }

    private static BlkFutures start(BlkFutures futures) {
        futures.thread = AgentRunner.startOnThread(futures.runner);
        return futures;
    }

    /**
     * Reads sectors.
     *
     * @param sector the first of them
     * @param destination where to; copied, but for the buffers
     * @return completes when they are there
     */
    public CompletableFuture<Void> read(long sector, BlkData destination) {
        BlkData data = copyOf(destination);
        return ask(BlkOperation.READ, sector, data.lengthBytes(), 1, (to, token) -> to.submitRead(sector, data, token));
    }

    /**
     * Writes sectors.
     *
     * @param sector the first of them
     * @param source where from; copied, but for the buffers
     * @return completes when the device has taken them
     */
    public CompletableFuture<Void> write(long sector, BlkData source) {
        BlkData data = copyOf(source);
        return ask(
                BlkOperation.WRITE, sector, data.lengthBytes(), 1, (to, token) -> to.submitWrite(sector, data, token));
    }

    /**
     * Makes writes durable: those whose futures were complete when this was called.
     *
     * @return completes when they are
     */
    public CompletableFuture<Void> flush() {
        return ask(BlkOperation.FLUSH, 0, 0, 1, BlkRequests::submitFlush);
    }

    /**
     * Discards sectors, as {@link BlkRequests#submitDiscard} does.
     *
     * @param ranges which of them; copied
     * @return completes when they are
     */
    public CompletableFuture<Void> discard(BlkRanges ranges) {
        BlkRanges copy = copyOf(ranges);
        return ask(BlkOperation.DISCARD, copy, (to, token) -> to.submitDiscard(copy, token));
    }

    /**
     * Fills sectors with zeros, as {@link BlkRequests#submitWriteZeroes} does.
     *
     * @param ranges which of them; copied
     * @param unmap whether the device may give their storage back
     * @return completes when they are
     */
    public CompletableFuture<Void> writeZeroes(BlkRanges ranges, boolean unmap) {
        BlkRanges copy = copyOf(ranges);
        return ask(BlkOperation.WRITE_ZEROES, copy, (to, token) -> to.submitWriteZeroes(copy, unmap, token));
    }

    /**
     * Destroys the contents of sectors, as {@link BlkRequests#submitSecureErase} does.
     *
     * @param ranges which of them; copied
     * @return completes when they are
     */
    public CompletableFuture<Void> secureErase(BlkRanges ranges) {
        BlkRanges copy = copyOf(ranges);
        return ask(BlkOperation.SECURE_ERASE, copy, (to, token) -> to.submitSecureErase(copy, token));
    }

    /** {@return the device's id} */
    public CompletableFuture<String> id() {
        return perform(agent -> agent.requests().id());
    }

    /** {@return how worn the storage is} */
    public CompletableFuture<BlkLifetime> lifetime() {
        return perform(agent -> agent.requests().lifetime());
    }

    /**
     * Recovers from a device that does not answer, as {@link BlkRequests#recover} does. Requests in flight are cancelled, those
     * that were not yet sent wait.
     *
     * @return completes when requests are taken again
     */
    public CompletableFuture<Void> recover() {
        return perform(agent -> {
            agent.recover();
            return null;
        });
    }

    private CompletableFuture<Void> ask(BlkOperation operation, BlkRanges ranges, FutureCall.Submission submission) {
        long sector = ranges.count() > 0 ? ranges.sector(0) : 0;
        long lengthBytes = ranges.sectorCount() * BlkRequestLayout.SECTOR_BYTES;
        return ask(operation, sector, lengthBytes, ranges.count(), submission);
    }

    private CompletableFuture<Void> ask(
            BlkOperation operation, long sector, long lengthBytes, int ranges, FutureCall.Submission submission) {
        FutureCall call = new FutureCall(new CompletableFuture<>(), operation, sector, lengthBytes, ranges, submission);
        enqueue(calls, call);
        return call.future();
    }

    private <T> CompletableFuture<T> perform(Function<FutureAgent, T> work) {
        FutureWork<T> step = new FutureWork<>(new CompletableFuture<>(), work);
        enqueue(works, step);
        return step.future();
    }

    /** What comes after the close or the thread's end, or meanwhile and the thread has not seen it, is cancelled here. */
    private <T extends FutureStep> void enqueue(Queue<? super T> queue, T step) {
        queue.add(step);
        if ((closed || agent.hasEnded()) && queue.remove(step)) {
            step.cancel();
        }
        agent.wakeUp();
    }

    private static BlkData copyOf(BlkData data) {
        BlkData copy = new BlkData();
        copy.set(data);
        return copy;
    }

    private static BlkRanges copyOf(BlkRanges ranges) {
        BlkRanges copy = new BlkRanges();
        copy.set(ranges);
        return copy;
    }

    /**
     * Takes no more requests, cancels those not yet sent, waits for those in flight, each of which ends at its timeout at the
     * latest, and ends the thread. The queue is its owner's again, for any one thread. An interrupt does not end the wait, and
     * is there afterwards.
     *
     * @throws IllegalStateException on the queue's own thread, which cannot wait for itself
     */
    @Override
    public void close() {
        if (thread == Thread.currentThread()) {
            throw new IllegalStateException("the thread of these futures cannot wait for its own end");
        }
        closed = true;
        agent.closing();
        boolean interrupted = Thread.interrupted();
        runner.close(0, waitedFor -> {});
        // A runner does not wait on after an interrupt, and two threads would use the queue.
        while (isAlive()) {
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAlive() {
        return thread != null && thread.isAlive();
    }
}
