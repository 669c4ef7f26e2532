// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import com.sun.management.ThreadMXBean;
import io.virtio4j.examples.cli.WorkFailedException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A thread for each job; all of them work for a slice at a time, and rest in between. */
final class Crew implements AutoCloseable {
    /** Longer than the driver's own timeout, which is what ends a request that the device does not answer. */
    private static final long LONGEST_SECONDS = 90;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<ExecutorService> jobs = new ArrayList<>();

    /** What one job did. */
    private record Shift(long count, long startNanos, long endNanos, long allocatedBytes) {}

    Crew(int count) {
        for (int job = 0; job < count; job++) {
            String name = "blk-bench-job-" + job;
            jobs.add(Executors.newSingleThreadExecutor(work -> {
                Thread thread = new Thread(work, name);
                // A file that does not answer must not keep the process alive.
                thread.setDaemon(true);
                return thread;
            }));
        }
    }

    /**
     * Lets every job work, each on its own load.
     *
     * @throws WorkFailedException if one of them cannot
     */
    Slice run(List<? extends Load> loads, long lengthNanos) {
        List<Future<Shift>> shifts = new ArrayList<>();
        for (int job = 0; job < jobs.size(); job++) {
            Load load = loads.get(job);
            shifts.add(jobs.get(job).submit(() -> work(load, lengthNanos)));
        }
        return sum(shifts);
    }

    private Shift work(Load load, long lengthNanos) throws IOException {
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        long startNanos = System.nanoTime();
        long count = load.run(startNanos + lengthNanos);
        long endNanos = System.nanoTime();
        // Before the record is made, which is no part of the load.
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        return new Shift(count, startNanos, endNanos, allocatedBytes);
    }

    /** Waits for all of them, also when one has failed: the others still use what the caller is about to close. */
    private static Slice sum(List<Future<Shift>> shifts) {
        long count = 0;
        long firstNanos = 0;
        long lastNanos = 0;
        long allocatedBytes = 0;
        RuntimeException failure = null;
        for (int job = 0; job < shifts.size(); job++) {
            try {
                Shift shift = shifts.get(job).get(LONGEST_SECONDS, TimeUnit.SECONDS);
                count += shift.count;
                allocatedBytes += shift.allocatedBytes;
                firstNanos = job == 0 || shift.startNanos - firstNanos < 0 ? shift.startNanos : firstNanos;
                lastNanos = job == 0 || shift.endNanos - lastNanos > 0 ? shift.endNanos : lastNanos;
            } catch (ExecutionException e) {
                failure = failure == null ? failed(e.getCause()) : failure;
            } catch (TimeoutException e) {
                throw new WorkFailedException("job " + job + " did not end in " + LONGEST_SECONDS + " s", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WorkFailedException("interrupted", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return new Slice(count, lastNanos - firstNanos, allocatedBytes);
    }

    private static RuntimeException failed(@Nullable Throwable cause) {
        if (cause instanceof IOException) {
            return new WorkFailedException("the plain copy failed (" + cause + ")", cause);
        }
        if (cause instanceof RuntimeException expected) {
            return expected;
        }
        return new IllegalStateException(cause);
    }

    @Override
    public void close() {
        jobs.forEach(ExecutorService::shutdown);
    }
}
