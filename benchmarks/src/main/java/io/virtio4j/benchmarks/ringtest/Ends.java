// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The two threads, each on a processor of its own where that can be had. Between two slices both sleep. */
final class Ends implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ExecutorService driver = thread("ringtest-driver");
    private final ExecutorService device = thread("ringtest-device");
    private final String unpinned;

    /**
     * Starts both.
     *
     * @param cpus the driver's and the device's processor; empty for not pinned
     */
    Ends(List<Integer> cpus) {
        unpinned = cpus.size() < 2
                ? "there are fewer than two processors to pin to"
                : get(driver.submit(() -> Cpus.pin(cpus.get(0)))) + get(device.submit(() -> Cpus.pin(cpus.get(1))));
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** {@return why the threads are not pinned; empty if they are} */
    String unpinned() {
        return unpinned;
    }

    /**
     * What a slice took.
     *
     * @param nanos from the first buffer sent to the last one back
     * @param allocatedBytes by both threads, within their loops
     */
    record Slice(long nanos, long allocatedBytes) {}

    /** Lets both ends work on one ring until so many buffers are back. */
    Slice run(Ring ring, long buffers) {
        Run run = new Run();
        Future<Slice> serving = device.submit(guarded(run, () -> {
            ring.serve(run);
            return 0L;
        }));
        Future<Slice> driving = driver.submit(guarded(run, () -> {
            long startNanos = System.nanoTime();
            ring.drive(buffers, run);
            return System.nanoTime() - startNanos;
        }));
        Slice driven;
        try {
            driven = get(driving);
        } catch (IllegalStateException e) {
            // If the device's end has failed, that is why.
            get(serving);
            throw e;
        } finally {
            run.stop();
        }
        return new Slice(driven.nanos(), driven.allocatedBytes() + get(serving).allocatedBytes());
    }

    private static Callable<Slice> guarded(Run run, Callable<Long> work) {
        return () -> {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                long nanos = work.call();
                return new Slice(
                        nanos,
                        THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            } catch (Throwable e) {
                run.fail();
                throw e;
            }
        };
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "an end of the ring failed: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        driver.shutdownNow();
        device.shutdownNow();
    }
}
