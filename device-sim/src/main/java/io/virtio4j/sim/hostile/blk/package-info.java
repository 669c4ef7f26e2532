// SPDX-License-Identifier: Apache-2.0

/**
 * Block requests that no honest driver sends. VirtIO 1.2, 5.2 Block Device.
 */
package io.virtio4j.sim.hostile.blk;
