// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;

/**
 * What may be asked of a disk, as one queue knows it: looked at before anything is sent. One thread, the queue's.
 *
 * <p>VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation.
 */
final class RequestChecks {
    private final DiskSession disk;
    private final DeviceHealth health;
    private final Features features;
    private BlkConfig config;

    RequestChecks(DiskSession disk, DeviceHealth health, Started started) {
        this.disk = disk;
        this.health = health;
        this.features = started.features();
        this.config = started.config();
    }

    Features features() {
        return features;
    }

    /** {@return the configuration as it is now} */
    BlkConfig config() {
        if (health.takeConfigChanged()) {
            config = disk.reread();
        }
        return config;
    }

    boolean isReadOnly() {
        return features.has(BlkFeatureBits.RO);
    }

    boolean supports(BlkOperation operation) {
        return operation.isAmong(features)
                && !(operation.isModifying() && isReadOnly())
                && (!operation.isOfRanges() || config().limitsOf(operation).allowAny());
    }

    void requireRead(long sector, long lengthBytes) {
        config().requireWithin(sector, lengthBytes);
    }

    void requireWrite(long sector, long lengthBytes) {
        requireWritable();
        config().requireWithin(sector, lengthBytes);
    }

    void requireSupported(BlkOperation operation) {
        if (!supports(operation)) {
            throw new UnsupportedOperationException("the device takes no " + operation + " requests");
        }
    }

    /** {@return what a request on the ranges may cover} */
    RangeLimits require(BlkOperation operation, BlkRanges ranges) {
        requireWritable();
        requireSupported(operation);
        config.requireWithin(ranges);
        return config.limitsOf(operation);
    }

    private void requireWritable() {
        if (isReadOnly()) {
            throw new IllegalStateException("the disk is read-only");
        }
    }
}
