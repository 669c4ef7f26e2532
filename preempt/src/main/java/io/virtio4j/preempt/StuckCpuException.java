// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/**
 * A task kept its CPU beyond a deadline: it neither yields nor blocks nor reaches an interrupt point. The message names each CPU
 * that is not quiet and the task on it; where such a task's thread was found is attached as a suppressed exception.
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
