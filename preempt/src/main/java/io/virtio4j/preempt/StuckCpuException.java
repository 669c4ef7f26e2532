// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/**
 * A task kept its CPU beyond a deadline: it neither yields nor blocks nor reaches an interrupt point. The message names each CPU
 * that is not quiet and the task on it; where such a task's thread was found is attached as a suppressed exception.
 *
 * <p>Beside {@link CpuSet#awaitQuiet} and {@link CpuSet#close}, every call in which the booting thread may wait for others throws it
 * when that thread has not got its CPU back by the deadline of the options: {@link Cpu#interruptPoint}, the release of a guard,
 * {@link InterruptController#unmask}, {@link Scheduler#yieldNow}, {@link Scheduler#block} and {@link Task#join}. From then on that
 * thread runs as no CPU, CPU 0 goes on with the other tasks, and all that is left to do is to close the set.
 */
public final class StuckCpuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StuckCpuException(String message) {
        super(message);
    }

    /** Attaches where the thread of a task stands now. */
    void addStackOf(Thread thread) {
        Exception where = new Exception("the thread " + thread.getName() + " stands here");
        where.setStackTrace(thread.getStackTrace());
        addSuppressed(where);
    }
}
