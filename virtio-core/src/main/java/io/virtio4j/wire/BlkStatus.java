// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** What a device answers to a block request. VirtIO 1.2, 5.2.6 Device Operation. */
public final class BlkStatus {
    /** Done. */
    public static final int OK = 0;

    /** Failed, or not allowed. */
    public static final int IOERR = 1;

    /** The device does not know requests of this type. */
    public static final int UNSUPP = 2;

    private BlkStatus() {}
}
