// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Types of block requests; those of legacy and of zoned devices are left out. VirtIO 1.2, 5.2.6 Device Operation. */
public final class BlkRequestType {
    /** Reads sectors. */
    public static final int IN = 0;

    /** Writes sectors. */
    public static final int OUT = 1;

    /** Makes everything written so far durable; no data. */
    public static final int FLUSH = 4;

    /** Asks for the device's id string, 20 bytes. */
    public static final int GET_ID = 8;

    /** Asks how worn the storage is. */
    public static final int GET_LIFETIME = 10;

    /** Tells that sectors are no longer needed. */
    public static final int DISCARD = 11;

    /** Fills sectors with zeros. */
    public static final int WRITE_ZEROES = 13;

    /** Destroys the contents of sectors. */
    public static final int SECURE_ERASE = 14;

    private BlkRequestType() {}
}
