// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** A disk in memory. */
final class MemoryBlkContractTest extends BlkContract {
    MemoryBlkContractTest() {
        super(StoreKind.MEMORY);
    }
}
