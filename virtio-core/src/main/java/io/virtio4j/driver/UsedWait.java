// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** The waits of {@link DriverQueue} that end by the clock: spinning, and asleep. */
final class UsedWait {
    /** So many looks at most between two of the clock, with an idle strategy that never sleeps and while they are quick. */
    private static final int MAX_LOOKS = 32;

    /** Looks that take longer than this in all are not quick: the idle strategy gives way. */
    private static final long QUICK_NANOS = 20_000;

    private UsedWait() {}

    static int spin(DriverQueue queue, UsedHandler handler, int limit, long timeoutNanos, IdleStrategy idle) {
        boolean baseline = queue.policy == BarrierPolicy.BASELINE;
        int maxLooks = neverSleeps(idle) ? MAX_LOOKS : 1;
        long spins = 0;
        int looks = 1;
        int looksLeft = looks;
        long startNanos = 0;
        long seenNanos = 0;
        idle.reset();
        int pending;
        while (true) {
            if (baseline) {
                // No letter, as in DriverQueue.pollUsed: here to be counted.
                queue.fullFence();
            }
            pending = queue.usedPending();
            if (pending != 0) {
                break;
            }
            if (--looksLeft <= 0) {
                long nowNanos = System.nanoTime();
                if (spins == 0) {
                    startNanos = nowNanos;
                } else {
                    looks = nowNanos - seenNanos < QUICK_NANOS ? Math.min(2 * looks, maxLooks) : 1;
                }
                if (nowNanos - startNanos >= timeoutNanos) {
                    break;
                }
                seenNanos = nowNanos;
                looksLeft = looks;
            }
            spins++;
            idle.idle();
        }
        return queue.take(pending, handler, limit, spins, baseline ? spins + 1 : 0);
    }

    /** Those of Agrona's that are known to; any other may sleep, be it only after a while. */
    private static boolean neverSleeps(IdleStrategy idle) {
        return idle instanceof NoOpIdleStrategy
                || idle instanceof BusySpinIdleStrategy
                || idle instanceof YieldingIdleStrategy;
    }

    static int sleep(DriverQueue queue, UsedHandler handler, int limit, UsedBufferSignal signal, long timeoutNanos) {
        // Before the first look and until the last buffer is handed over: a reset waits for it, see
        // DriverSession.reset.
        signal.enter();
        try {
            long fencesBefore = fences(queue);
            int pending = queue.usedPending();
            if (pending == 0) {
                pending = sleepUntilUsed(queue, signal, timeoutNanos);
            }
            // The fences of the arming, which are counted where they were issued.
            long fences = fences(queue) - fencesBefore;
            queue.counters.addPollFences(fences);
            return queue.take(pending, handler, limit, 0, 0);
        } finally {
            signal.leave();
        }
    }

    private static int sleepUntilUsed(DriverQueue queue, UsedBufferSignal signal, long timeoutNanos) {
        long startNanos = System.nanoTime();
        int pending;
        while (true) {
            // In this order: a call that is taken here was made for something that the look below sees.
            signal.takeCalls();
            boolean working = signal.isDeviceWorking();
            boolean armed = working && queue.enableCallbacks();
            if (!armed) {
                pending = queue.usedPending();
                if (pending != 0) {
                    break;
                }
                if (!working) {
                    // The ring is left alone: after a reset its memory may be somebody else's already.
                    return DriverQueue.BROKEN;
                }
            }
            long leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
            if (leftNanos <= 0 || signal.takeWanted() || Thread.currentThread().isInterrupted()) {
                pending = 0;
                break;
            }
            if (armed) {
                signal.park(leftNanos);
            }
        }
        queue.disableCallbacks();
        return pending;
    }

    private static long fences(DriverQueue queue) {
        return queue.counters.get(QueueCounter.WMB) + queue.counters.get(QueueCounter.MB);
    }
}
