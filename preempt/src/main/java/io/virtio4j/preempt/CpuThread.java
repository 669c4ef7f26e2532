// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** The thread of one task: its type and one field lead from the running thread to its CPU. */
final class CpuThread extends Thread {
    final Task task;

    CpuThread(Task task, Runnable body, String name) {
        super(null, body, name);
        this.task = task;
        setDaemon(true);
    }
}
