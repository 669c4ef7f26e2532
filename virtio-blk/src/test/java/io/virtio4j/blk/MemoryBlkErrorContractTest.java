// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** A disk in memory. */
final class MemoryBlkErrorContractTest extends BlkErrorContract {
    MemoryBlkErrorContractTest() {
        super(StoreKind.MEMORY);
    }
}
