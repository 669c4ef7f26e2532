// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.io.IOException;

/**
 * One plain copy after the other, at the places where the device is asked too. The clock is looked at after some copies only:
 * each look takes as long as a copy of a small block. One thread; allocates nothing after it was made.
 */
final class PlainLoad implements Load {
    private static final int MAX_COPIES = 64;
    private static final int MAX_BYTES = 1 << 20;

    private final PlainStore store;
    private final Places places;
    private final int depth;
    private final int copiesPerLook;
    private int slot;

    PlainLoad(PlainStore store, Places places, int blockBytes, int depth) {
        this.store = store;
        this.places = places;
        this.depth = depth;
        this.copiesPerLook = Math.max(1, Math.min(MAX_COPIES, MAX_BYTES / blockBytes));
    }

    @Override
    public long run(long deadlineNanos) throws IOException {
        long copies = 0;
        do {
            for (int i = 0; i < copiesPerLook; i++) {
                places.next();
                store.copy(places.isRead(), places.offsetBytes(), slot);
                slot = slot + 1 == depth ? 0 : slot + 1;
            }
            copies += copiesPerLook;
        } while (System.nanoTime() - deadlineNanos < 0);
        return copies;
    }
}
