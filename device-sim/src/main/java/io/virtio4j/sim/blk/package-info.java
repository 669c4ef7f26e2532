// SPDX-License-Identifier: Apache-2.0

/** The block device, and stores that keep its data in memory or in a file. VirtIO 1.2, 5.2 Block Device. */
package io.virtio4j.sim.blk;
