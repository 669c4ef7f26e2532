// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** A disk over a base, with a top that is gone at the end. */
final class TemporaryOverlayBlkErrorContractTest extends BlkErrorContract {
    TemporaryOverlayBlkErrorContractTest() {
        super(StoreKind.OVERLAY_WITHOUT_TOP);
    }
}
