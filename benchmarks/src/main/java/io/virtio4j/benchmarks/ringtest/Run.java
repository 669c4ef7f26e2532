// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import java.util.concurrent.TimeUnit;

/** One run of both ends of a ring: how it ends, well or not. Neither end can hang, since each looks here when it waits. */
public final class Run {
    /** Looks in vain before the processor is offered to others, and the driver looks at the clock: some ten microseconds. */
    private static final long LOOKS = 1 << 14;

    private final long limitNanos;
    private final long startNanos = System.nanoTime();
    private volatile boolean stopped;
    private volatile boolean failed;

    /** A run that may take ten seconds longer than it is meant to. */
    public Run() {
        this(TimeUnit.SECONDS.toNanos(10));
    }

    /**
     * A run.
     *
     * @param limitNanos when the driver's end gives up
     */
    public Run(long limitNanos) {
        this.limitNanos = limitNanos;
    }

    /** Tells the device's end to stop when it finds nothing more. */
    public void stop() {
        stopped = true;
    }

    /** Tells either end that the other one is gone. */
    public void fail() {
        failed = true;
        stopped = true;
    }

    /** {@return whether the device's end is to stop; for one that sleeps when it finds nothing} */
    public boolean isStopped() {
        return stopped;
    }

    /**
     * To be asked by the device's end when it finds nothing.
     *
     * @param looks how many looks in a row have been in vain
     * @return whether it is to stop
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint, and nothing depends on it
    public boolean isOver(long looks) {
        if (looks % LOOKS == 0) {
            // The other end may be waiting for this processor.
            Thread.yield();
        }
        return stopped;
    }

    /**
     * To be called by the driver's end when it finds nothing.
     *
     * @param looks how many looks in a row have been in vain
     * @throws IllegalStateException if the other end is gone, or the time is up
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint, and nothing depends on it
    public void waited(long looks) {
        if (looks % LOOKS == 0) {
            check();
            Thread.yield();
        }
    }

    /**
     * The same, at once.
     *
     * @throws IllegalStateException if the other end is gone, or the time is up
     */
    public void check() {
        if (failed) {
            throw new IllegalStateException("the other end of the ring has failed");
        }
        if (System.nanoTime() - startNanos > limitNanos) {
            throw new IllegalStateException(
                    "nothing came back within " + TimeUnit.NANOSECONDS.toMillis(limitNanos) + " ms");
        }
    }
}
