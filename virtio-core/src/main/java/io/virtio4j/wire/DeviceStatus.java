// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Bits of the device status field. Normal values in order: 0, 1, 3, 11, 15. VirtIO 1.2, 2.1 Device Status Field.
 */
public final class DeviceStatus {
    /** What a driver writes to reset the device, and reads when the reset is complete. */
    public static final int RESET = 0;

    /** The guest has found the device. */
    public static final int ACKNOWLEDGE = 1;

    /** The guest knows how to drive the device. */
    public static final int DRIVER = 2;

    /** The driver is set up and the device may work. */
    public static final int DRIVER_OK = 4;

    /** Driver and device agree on the features. */
    public static final int FEATURES_OK = 8;

    /** The device met an error that only a reset cures. */
    public static final int DEVICE_NEEDS_RESET = 64;

    /** The driver has given up on the device. */
    public static final int FAILED = 128;

    private DeviceStatus() {}
}
