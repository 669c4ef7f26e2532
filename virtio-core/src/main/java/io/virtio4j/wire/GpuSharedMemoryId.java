// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Ids of a GPU's shared memory regions. VirtIO 1.2, 5.7.5 Device Requirements: Device Initialization, and 2.10 Shared
 * Memory Regions.
 */
public final class GpuSharedMemoryId {
    /** No region has it. */
    public static final int UNDEFINED = 0;

    /** Where blobs of the host's are mapped for the driver, by RESOURCE_MAP_BLOB. */
    public static final int HOST_VISIBLE = 1;

    private GpuSharedMemoryId() {}
}
