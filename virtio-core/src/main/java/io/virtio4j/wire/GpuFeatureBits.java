// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import java.util.List;

/** Feature bits of the GPU device. VirtIO 1.2, 5.7.3 Feature bits. */
public final class GpuFeatureBits {
    /** 3D mode with the virgl command stream. */
    public static final int VIRGL = 0;

    /** The device tells EDIDs. */
    public static final int EDID = 1;

    /** Resources can be exported under a UUID. */
    public static final int RESOURCE_UUID = 2;

    /** Resources can be made of blobs, sized in bytes. */
    public static final int RESOURCE_BLOB = 3;

    /** Several context types and timelines; depends on {@link #VIRGL}. */
    public static final int CONTEXT_INIT = 4;

    /** {@code blob_alignment} tells to what a blob's size is rounded up; depends on {@link #RESOURCE_BLOB} (since 1.4). */
    public static final int BLOB_ALIGNMENT = 5;

    /** Which of them mean nothing without which other; unmodifiable. */
    public static final List<FeatureDependency> DEPENDENCIES =
            List.of(new FeatureDependency(CONTEXT_INIT, VIRGL), new FeatureDependency(BLOB_ALIGNMENT, RESOURCE_BLOB));

    private GpuFeatureBits() {}
}
