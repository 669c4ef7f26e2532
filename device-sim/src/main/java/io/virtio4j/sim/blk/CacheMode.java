// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;

/**
 * Whether a write that has completed may still be volatile.
 *
 * <pre>
 *   negotiated             at first       then
 *   FLUSH, CONFIG_WCE      writeback      as the driver writes it
 *   CONFIG_WCE alone       writethrough   as the driver writes it
 *   FLUSH alone            writeback      stays so
 *   neither                writethrough   stays so: the driver has no way to flush
 * </pre>
 *
 * <p>Written by the device's thread, read by every thread that serves a queue. VirtIO 1.2, 5.2.5.2 Device Requirements:
 * Device Initialization and 5.2.6.2 Device Requirements: Device Operation.
 */
final class CacheMode {
    private final Features offered;
    private boolean switchable;
    private volatile boolean writeThrough;

    CacheMode(Features offered) {
        this.offered = offered;
        reset();
    }

    /** Nothing is negotiated. */
    void reset() {
        negotiate(offered);
        switchable = false;
    }

    void negotiate(Features acknowledged) {
        switchable = acknowledged.has(BlkFeatureBits.CONFIG_WCE);
        writeThrough = !acknowledged.has(BlkFeatureBits.FLUSH);
    }

    /** The driver writes the field {@code writeback}. Anything but its two values, or without CONFIG_WCE, is ignored. */
    void write(int value) {
        if (switchable && (value == BlkCacheMode.WRITETHROUGH || value == BlkCacheMode.WRITEBACK)) {
            writeThrough = value == BlkCacheMode.WRITETHROUGH;
        }
    }

    boolean isWriteThrough() {
        return writeThrough;
    }

    /** What the field shows: nothing unless CONFIG_WCE is offered. */
    int field() {
        return offered.has(BlkFeatureBits.CONFIG_WCE) && !writeThrough
                ? BlkCacheMode.WRITEBACK
                : BlkCacheMode.WRITETHROUGH;
    }
}
