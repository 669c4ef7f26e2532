// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Feature bits that do not depend on the device type. VirtIO 1.2, chapter 6 Reserved Feature Bits. */
public final class FeatureBits {
    /** A descriptor may refer to a table of descriptors. */
    public static final int INDIRECT_DESC = 28;

    /** Notifications are suppressed by index instead of by flag. */
    public static final int EVENT_IDX = 29;

    /** The device follows VirtIO 1.0 or later: offered by every device, accepted by every driver here. */
    public static final int VERSION_1 = 32;

    /** The device reaches memory as the platform lets it, not by guest-physical address. */
    public static final int ACCESS_PLATFORM = 33;

    /** The queues have the packed format. */
    public static final int RING_PACKED = 34;

    /** The device uses buffers in the order in which they were made available. */
    public static final int IN_ORDER = 35;

    /** Barriers must be fit for a device that is not another processor. */
    public static final int ORDER_PLATFORM = 36;

    /** A notification carries where the driver stands in the ring. */
    public static final int NOTIFICATION_DATA = 38;

    /** A notification carries a value that the transport gave for the queue, in the place of the queue's index. */
    public static final int NOTIF_CONFIG_DATA = 39;

    /** A queue can be reset by itself. */
    public static final int RING_RESET = 40;

    private FeatureBits() {}
}
