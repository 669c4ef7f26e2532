// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a cache line takes to another processor and back, now. On a virtual machine it has several states that last for a
 * while, and whatever is handed from thread to thread is as quick as that: two measurements are comparable in the same
 * state only.
 *
 * <p>The caller's thread and one of its own throw a number to and fro; between two readings the latter sleeps. A reading is
 * given up after 20 ms, when something else has the processor.
 */
final class PingPong implements AutoCloseable {
    private static final int BATCHES = 9;
    private static final int ROUNDS = 200;
    private static final int CELLS = 48;
    private static final int BALL = 16;
    private static final int LOOKS = 1024;
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Longer than a device's thread spins before it sleeps: at rest, it does not take part. */
    private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long CLOSE_MILLIS = 1_000;

    /** A cell with whole cache lines to either side of it, which nobody writes. */
    private final AtomicLongArray cells = new AtomicLongArray(CELLS);

    private final long limitNanos;
    private final Thread partner = new Thread(this::play, "blk-bench-ping-pong");

    /** The caller's: how many readings were asked for. */
    private long asked;

    /** The serial of the reading that is wanted, and of the last that the partner is through with. */
    private volatile long wanted;

    private volatile long played;

    /** The serial of the last reading that the caller has given up. */
    private volatile long givenUp;

    private volatile boolean closed;

    PingPong() {
        this(LIMIT_NANOS);
    }

    /** @param limitNanos when a reading is given up */
    PingPong(long limitNanos) {
        this.limitNanos = limitNanos;
        partner.setDaemon(true);
        partner.start();
    }

    /** {@return nanoseconds there and back, the median of nine batches of 200; not a number if it was given up} */
    double readNanos() {
        LockSupport.parkNanos(CALM_NANOS);
        if (played != asked) {
            // The partner has not had a processor since the last reading was given up.
            return Double.NaN;
        }
        long deadlineNanos = System.nanoTime() + limitNanos;
        cells.setRelease(BALL, 0);
        wanted = ++asked;
        LockSupport.unpark(partner);
        double[] batches = new double[1 + BATCHES];
        for (int batch = 0; batch <= BATCHES; batch++) {
            long startNanos = System.nanoTime();
            if (!rally(batch, deadlineNanos)) {
                givenUp = asked;
                return Double.NaN;
            }
            batches[batch] = (double) (System.nanoTime() - startNanos) / ROUNDS;
        }
        // The first batch is the partner's way out of bed.
        Arrays.sort(batches, 1, batches.length);
        return batches[1 + BATCHES / 2];
    }

    private boolean rally(int batch, long deadlineNanos) {
        long ball = 2L * ROUNDS * batch;
        for (int round = 0; round < ROUNDS; round++) {
            cells.setRelease(BALL, ++ball);
            if (!await(++ball, deadlineNanos)) {
                return false;
            }
        }
        return true;
    }

    /** Without a spin hint, which takes longer than the way of the cache line. */
    private boolean await(long ball, long deadlineNanos) {
        for (int look = 1; cells.getAcquire(BALL) != ball; look++) {
            if (look % LOOKS == 0 && (System.nanoTime() - deadlineNanos > 0 || givenUp == wanted)) {
                return false;
            }
        }
        return true;
    }

    private void play() {
        while (!closed) {
            long serial = wanted;
            if (serial == played) {
                LockSupport.park(this);
                continue;
            }
            long deadlineNanos = System.nanoTime() + limitNanos;
            long last = 2L * ROUNDS * (1 + BATCHES);
            for (long ball = 0; ball < last; ball += 2) {
                if (!await(ball + 1, deadlineNanos)) {
                    break;
                }
                cells.setRelease(BALL, ball + 2);
            }
            played = serial;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(partner);
        try {
            partner.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
