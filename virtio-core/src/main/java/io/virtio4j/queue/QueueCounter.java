// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/** What one half of a queue counts. */
public enum QueueCounter {
    /** Fences issued inside {@code pollUsed}, {@code pollUsedFor} and {@code awaitUsed}, of any kind: the frame budget. */
    POLL_FENCES,

    /** Looks at the used index that found nothing, inside {@code pollUsed} and {@code pollUsedFor}. */
    SPINS,

    /** Chains that came back (driver) or were completed and published (device). With IN_ORDER one used element may stand for several. */
    COMPLETIONS,

    /** Write barriers issued. */
    WMB,

    /** Read barriers issued. */
    RMB,

    /** Full barriers issued. */
    MB,

    /** Available-buffer notifications that the device had asked for. */
    KICKS_SENT,

    /** Available-buffer notifications that the device had no need of. */
    KICKS_SUPPRESSED,

    /** Used-buffer notifications that the driver had asked for. */
    CALLS_SENT,

    /** Used-buffer notifications that the driver had no need of. */
    CALLS_SUPPRESSED,

    /** Times that the ring was found broken: 0 or 1 between two resets. */
    BROKEN
}
