// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardPlace;
import io.virtio4j.preempt.step.RescheduleCallback;

/** What stands before the fields of a guard that are written: two cache lines, as neighbours on the heap are other CPUs'. */
@SuppressWarnings("unused")
abstract sealed class GuardPadding extends GuardPlace permits GuardFields {
    long before00, before01, before02, before03, before04, before05, before06, before07;
    long before08, before09, before10, before11, before12, before13, before14, before15;

    GuardPadding(CpuSlots slots, int cpu, RescheduleCallback callback) {
        super(slots, cpu, callback);
    }
}
