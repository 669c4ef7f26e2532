// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

/**
 * How worn a store is, in the terms of VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_lifetime}. Any number
 * is taken, as the storage tells it; the device does not pass on what the specification reserves.
 *
 * @param preEolInfo use of the reserved blocks: 0 unknown, 1 normal, 2 from 80 % on, 3 from 90 % on
 * @param estimateTypA wear of the SLC cells: 0 unknown, 1..10 tenths of the expected life begun, 11 beyond it
 * @param estimateTypB wear of the MLC cells, as the other
 */
public record BlockLifetime(int preEolInfo, int estimateTypA, int estimateTypB) {}
