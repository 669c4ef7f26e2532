// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** A disk over a base, with a top that stays. */
final class OverlayBlkContractTest extends BlkContract {
    OverlayBlkContractTest() {
        super(StoreKind.OVERLAY_WITH_TOP);
    }
}
