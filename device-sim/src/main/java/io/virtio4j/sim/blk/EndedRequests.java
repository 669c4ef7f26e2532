// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a store has ended, on their way to the thread that serves their queue, in the order in which they were added.
 *
 * <p>Any thread adds, one takes. They are linked through themselves, so nothing is allocated and nothing is ever full: a
 * request is in here at most once, from its end until that thread has taken it. Agrona's queues would need the JVM
 * flag that the rest of the library does without.
 */
final class EndedRequests {
    private final AtomicReference<@Nullable StoreRequest> newest = new AtomicReference<>();

    /** What was taken out of {@link #newest} and is not handed out yet, the oldest first; the taker's. */
    private @Nullable StoreRequest oldest;

    void add(StoreRequest request) {
        StoreRequest seen;
        do {
            seen = newest.get();
            request.nextEnded = seen;
        } while (!newest.compareAndSet(seen, request));
    }

    /** The one that was added first, or null. */
    @Nullable
    StoreRequest poll() {
        // Looks before it swaps, and no more than looks: the taker asks in a spin. The swap is what orders.
        if (oldest == null && newest.getOpaque() != null) {
            oldest = reversed(newest.getAndSet(null));
        }
        StoreRequest request = oldest;
        if (request != null) {
            oldest = request.nextEnded;
            request.nextEnded = null;
        }
        return request;
    }

    private static @Nullable StoreRequest reversed(@Nullable StoreRequest last) {
        StoreRequest first = null;
        StoreRequest at = last;
        while (at != null) {
            StoreRequest next = at.nextEnded;
            at.nextEnded = first;
            first = at;
            at = next;
        }
        return first;
    }
}
