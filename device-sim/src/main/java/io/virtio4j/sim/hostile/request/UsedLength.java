// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

/**
 * What is demanded of a used length. VirtIO 1.2, 2.7.8.2 Device Requirements: The Virtqueue Used Ring: so many bytes, from the
 * first on, have been written, and more may have been.
 */
public enum UsedLength {
    /** What the specification demands. */
    LEAST,

    /** Of a device that promises more: no byte behind it has been written, but for the status of a block request. */
    EXACT
}
