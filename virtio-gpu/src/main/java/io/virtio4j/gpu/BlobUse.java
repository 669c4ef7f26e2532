// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuBlobLayout;

/**
 * What a driver must say beforehand that it means to do with a blob, beside showing it. Blobs that can be mapped are 3D
 * ones, which this driver does not have. VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_BLOB.
 */
public enum BlobUse {
    /** To share it between processes. */
    SHAREABLE(GpuBlobLayout.FLAG_USE_SHAREABLE),

    /** To hand it to other devices, under its UUID. */
    CROSS_DEVICE(GpuBlobLayout.FLAG_USE_CROSS_DEVICE);

    private final int flag;

    BlobUse(int flag) {
        this.flag = flag;
    }

    int flag() {
        return flag;
    }
}
