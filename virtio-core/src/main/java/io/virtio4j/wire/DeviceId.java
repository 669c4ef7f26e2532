// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Device types. VirtIO 1.2, chapter 5 Device Types. */
public final class DeviceId {
    /** Block device, 5.2. */
    public static final int BLOCK = 2;

    /** Entropy device, 5.4. */
    public static final int ENTROPY = 4;

    /** GPU device, 5.7. */
    public static final int GPU = 16;

    private DeviceId() {}
}
