// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** Unwinds the stack of a task when its {@link CpuSet} is closed. An error, so that no task catches it by mistake. */
final class TaskStopped extends Error {
    private static final long serialVersionUID = 1L;

    TaskStopped() {
        super("the set of CPUs is closed", null, false, false);
    }
}
