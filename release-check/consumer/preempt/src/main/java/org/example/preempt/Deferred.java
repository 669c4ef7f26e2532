// SPDX-License-Identifier: Apache-2.0
package org.example.preempt;

import io.virtio4j.preempt.CpuSet;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.PreemptOptions;
import io.virtio4j.preempt.Reschedule;
import io.virtio4j.preempt.Task;

/** A request to reschedule waits for the end of a guard. */
public final class Deferred {
    private static final long SECOND = 1_000_000_000;

    private Deferred() {}

    public static void main(String[] args) {
        try (CpuSet cpus = CpuSet.boot(PreemptOptions.of(2, Throwable::printStackTrace))) {
            Task task = cpus.scheduler().spawn("guarded", Deferred::ask, cpus.cpu(1));
            if (!task.join(10 * SECOND)) {
                throw new IllegalStateException("the task did not end");
            }
            cpus.awaitQuiet(10 * SECOND);
            if (cpus.statistics().callbacks() == 0) {
                throw new IllegalStateException("nobody was called back: " + cpus.statistics());
            }
            System.out.println(cpus.statistics().lost() + " LOST");
        }
    }

    private static void ask() {
        try (PreemptGuard guard = PreemptGuard.enter()) {
            Reschedule.setReschedulePending();
            if (!Reschedule.isReschedulePending()
                    || PreemptGuard.count() != 1
                    || guard.cpu().index() != 1) {
                throw new IllegalStateException("the request did not wait: " + guard);
            }
        }
        if (Reschedule.isReschedulePending()) {
            throw new IllegalStateException("the request still waits");
        }
    }
}
