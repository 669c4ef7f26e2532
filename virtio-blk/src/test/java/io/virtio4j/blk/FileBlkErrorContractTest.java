// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** A disk in a file. */
final class FileBlkErrorContractTest extends BlkErrorContract {
    FileBlkErrorContractTest() {
        super(StoreKind.FILE);
    }
}
