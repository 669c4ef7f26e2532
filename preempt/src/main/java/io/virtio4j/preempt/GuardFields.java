// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.RescheduleCallback;
import org.jspecify.annotations.Nullable;

/** The fields of a guard that are written, by whoever runs as its CPU. */
abstract sealed class GuardFields extends GuardPadding permits PreemptGuard {
    /** Who runs as the CPU. */
    @Nullable
    Thread holder;

    /** The same where the short way will do, and nobody where it will not: one look tells both. */
    @Nullable
    Thread plainHolder;

    /** The deepest nesting seen; also in the CPU's slot, for others. */
    int deepest;

    GuardFields(CpuSlots slots, int cpu, RescheduleCallback callback) {
        super(slots, cpu, callback);
    }
}
