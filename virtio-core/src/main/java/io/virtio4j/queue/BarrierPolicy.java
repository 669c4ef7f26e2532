// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/** Where a driver that polls for used buffers puts its fences. */
public enum BarrierPolicy {
    /** No fence while it waits; one read barrier when the index shows progress. The default. */
    OPTIMIZED,

    /**
     * A full fence in every spin, as the driver did that this library set out to cure. Kept only to measure against;
     * what it returns is as correct as with {@link #OPTIMIZED}, since the read barrier on progress stays.
     */
    BASELINE
}
