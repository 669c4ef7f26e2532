// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

import io.virtio4j.memory.SharedMemory;

/**
 * What stands between a device and memory where ACCESS_PLATFORM was agreed on: an IOMMU, seen by the driver that programs it.
 *
 * <p>Mappings are one to one: the address that the driver puts into a descriptor is the address in {@link SharedMemory}, and
 * the mapper lets the device reach the region there. So nothing is translated on the hot path, with the feature or without.
 * A platform whose device sees memory elsewhere gives the driver regions that begin at those addresses.
 *
 * <p>Used by {@code DriverSession} on its own thread, between two resets of the device.
 *
 * <p>VirtIO 1.2, 6.1 Driver Requirements: Reserved Feature Bits.
 */
public interface DmaMapper {
    /** For a device that reaches memory by guest address whether or not the feature was agreed on: no IOMMU, or one off. */
    DmaMapper DIRECT = new DmaMapper() {
        @Override
        public void map(SharedMemory region) {
            // The device reaches it already.
        }

        @Override
        public void unmapAll() {
            // And goes on to.
        }
    };

    /**
     * Lets the device read and write a region at the region's own addresses. Done when it returns.
     *
     * @param region of the transport's memory
     * @throws TransportException if the platform cannot map it there
     */
    void map(SharedMemory region);

    /** Takes away all that was mapped. The device has been reset, and uses none of it. */
    void unmapAll();
}
