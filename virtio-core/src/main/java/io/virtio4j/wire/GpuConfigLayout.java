// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * The device configuration of a GPU. VirtIO 1.2, 5.7.4 Device configuration layout.
 *
 * <pre>
 *   0        4        8        12       16       20
 *   +--------+--------+--------+--------+--------+
 *   | events | events | num_   | num_   | blob_  |
 *   | _read  | _clear | scan-  | cap-   | align- |
 *   |        |        | outs   | sets   | ment   |
 *   +--------+--------+--------+--------+--------+
 * </pre>
 *
 * <p>All fields are le32. The last one is there only if the device offers {@link GpuFeatureBits#BLOB_ALIGNMENT}.
 */
public final class GpuConfigLayout {
    /** Pending events; the driver must not write it. */
    public static final int EVENTS_READ = 0;

    /** The driver writes 1 bits here to clear the same bits of {@link #EVENTS_READ}. */
    public static final int EVENTS_CLEAR = 4;

    /** How many scanouts there are, 1..{@link #MAX_SCANOUTS}. */
    public static final int NUM_SCANOUTS = 8;

    /** How many capability sets there are, 0 or more. */
    public static final int NUM_CAPSETS = 12;

    /** What a blob's size is rounded up to, in bytes: a power of two, at least 1 (since 1.4). */
    public static final int BLOB_ALIGNMENT = 16;

    /** Length of the configuration in bytes, without {@link #BLOB_ALIGNMENT}. */
    public static final int LENGTH_BYTES = 16;

    /** Length of the configuration in bytes, {@link #BLOB_ALIGNMENT} included. */
    public static final int LENGTH_WITH_ALIGNMENT_BYTES = 20;

    /** Event: a display changed, and the display information should be asked for again. */
    public static final int EVENT_DISPLAY = 1;

    /** The most scanouts that a device can have. */
    public static final int MAX_SCANOUTS = 16;

    private GpuConfigLayout() {}
}
