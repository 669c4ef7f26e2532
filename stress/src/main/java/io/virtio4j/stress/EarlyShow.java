// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.ring.SplitRing;

/**
 * Shows progress that is not there yet: the store that publishes, made before what it covers, which is what a fence left out may
 * come to on a weakly ordered processor. For rings that do not wrap, whose next entry is known.
 */
final class EarlyShow {
    private EarlyShow() {}

    /** The driver's: one chain, or two, more than one. */
    static void available(QueuePair queue, RingKind kind, int chains) {
        if (kind.isPacked()) {
            PackedRing ring = PackedRing.of(queue.config, queue.piece().guestMemory());
            ring.publishFlags(ring.wmb(), 1, PackedLayout.DESC_F_AVAIL);
        } else {
            SplitRing ring = SplitRing.of(queue.config, queue.piece().guestMemory());
            ring.publishAvailIdx(ring.wmb(), 1 + chains);
        }
    }

    /** The device's: one chain, or two, of two that it holds. */
    static void used(QueuePair queue, RingKind kind, int chains) {
        if (kind.isPacked()) {
            PackedRing ring = PackedRing.of(queue.config, queue.piece().guestMemory());
            ring.publishFlags(ring.wmb(), 0, PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED);
        } else {
            SplitRing ring = SplitRing.of(queue.config, queue.piece().guestMemory());
            ring.publishUsedIdx(ring.wmb(), chains);
        }
    }
}
