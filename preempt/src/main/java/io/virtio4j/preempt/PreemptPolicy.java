// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/** Where a request to reschedule waits while its CPU is inside a guard. */
public enum PreemptPolicy {
    /** In the slot of the CPU that it is for; no other CPU ever takes it. The default. */
    PER_CPU,

    /**
     * In one flag for all CPUs, which the first CPU to leave a guard takes. A request for one CPU is lost when another CPU takes it:
     * for study only. A guard that a handler releases calls back there, with interrupts masked: so tasks may be switched inside
     * a handler, and the next one finds them masked.
     */
    GLOBAL_PENDING
}
