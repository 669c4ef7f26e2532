// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Values of {@link BlkConfigLayout#WRITEBACK}. VirtIO 1.2, 5.2.4 Device configuration layout. */
public final class BlkCacheMode {
    /** A write is durable when it completes. */
    public static final int WRITETHROUGH = 0;

    /** A write that has completed may be lost until a flush has completed. */
    public static final int WRITEBACK = 1;

    private BlkCacheMode() {}
}
