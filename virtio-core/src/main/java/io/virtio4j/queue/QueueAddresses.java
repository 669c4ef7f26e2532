// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * Where the three parts of a queue lie, as guest addresses. VirtIO 1.2, 2.6 Virtqueues.
 *
 * @param descriptorArea descriptor table (split) or descriptor ring (packed)
 * @param driverArea available ring (split) or driver event suppression (packed); only the driver writes it
 * @param deviceArea used ring (split) or device event suppression (packed); only the device writes it
 */
public record QueueAddresses(long descriptorArea, long driverArea, long deviceArea) {
    @Override
    public String toString() {
        return "descriptors 0x" + Long.toHexString(descriptorArea) + ", driver 0x" + Long.toHexString(driverArea)
                + ", device 0x" + Long.toHexString(deviceArea);
    }
}
