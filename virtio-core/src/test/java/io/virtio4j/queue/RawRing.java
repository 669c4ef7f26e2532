// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/** The bytes of a ring, whatever its format: its three areas go by the names that both formats share (VirtIO 1.2, 2.6). */
public sealed interface RawRing permits RawSplitRing, RawPackedRing {
    /** The descriptor table or the descriptor ring. */
    byte[] descriptorArea();

    /** The available ring or the driver event suppression structure. */
    byte[] driverArea();

    /** The used ring or the device event suppression structure. */
    byte[] deviceArea();
}
