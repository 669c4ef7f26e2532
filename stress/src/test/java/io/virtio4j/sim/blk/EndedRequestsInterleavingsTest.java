// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.stress.Interleavings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A thread of a store that ends requests, and the thread that takes them and ends one too, in many orders of their steps: each
 * request comes out once, and those of one thread in the order in which it added them. The orders are sequentially consistent ones, as many as
 * {@link Interleavings} tries. Lists with one step wrong do not pass the same scenario.
 */
class EndedRequestsInterleavingsTest {
    /** What the scenario asks of a list. */
    private interface Ended {
        void add(StoreRequest request);

        @Nullable
        StoreRequest poll();
    }

    private static final class Shipped implements Ended {
        private final EndedRequests ended = new EndedRequests();

        @Override
        public void add(StoreRequest request) {
            ended.add(request);
        }

        @Override
        public @Nullable StoreRequest poll() {
            return ended.poll();
        }
    }

    private static void eachComesOutOnceAndInOrder(Supplier<Ended> lists) throws InterruptedException {
        Ended ended = lists.get();
        StoreRequest first = new StoreRequest(1, request -> {});
        StoreRequest second = new StoreRequest(2, request -> {});
        StoreRequest other = new StoreRequest(3, request -> {});
        Thread store = new Thread(() -> {
            ended.add(first);
            ended.add(second);
        });
        store.start();
        List<StoreRequest> taken = new ArrayList<>();
        ended.add(other);
        take(ended, taken);
        take(ended, taken);
        store.join();
        // One look more than there are requests.
        for (int i = 0; i <= 3; i++) {
            take(ended, taken);
        }
        if (taken.size() != 3 || !taken.containsAll(List.of(first, second, other))) {
            throw new IllegalStateException("lost or doubled: " + handles(taken));
        }
        if (taken.indexOf(first) > taken.indexOf(second)) {
            throw new IllegalStateException("out of order: " + handles(taken));
        }
    }

    private static void take(Ended ended, List<StoreRequest> taken) {
        StoreRequest request = ended.poll();
        if (request != null) {
            taken.add(request);
        }
    }

    private static List<Integer> handles(List<StoreRequest> requests) {
        return requests.stream().map(request -> request.handle).toList();
    }

    private static void assertFound(Supplier<Ended> wrong, String message) {
        assertThatThrownBy(() -> Interleavings.tryAll(() -> eachComesOutOnceAndInOrder(wrong)))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining(message);
    }

    @Test
    void eachRequestComesOutOnceAndEachThreadsInOrder() {
        Interleavings.tryAll(() -> eachComesOutOnceAndInOrder(() -> new Shipped()));
    }

    @Test
    void aListThatAddsByALookAndAStoreIsFound() {
        assertFound(() -> new AddsInTwoSteps(), "lost or doubled");
    }

    @Test
    void aListThatTakesByALookAndAStoreIsFound() {
        assertFound(() -> new TakesInTwoSteps(), "lost or doubled");
    }

    @Test
    void aListThatHandsOutTheNewestFirstIsFound() {
        assertFound(() -> new NewestFirst(), "out of order");
    }

    /** The shipped list written again, for one step of it to be replaced. */
    private static class Copy implements Ended {
        final AtomicReference<@Nullable StoreRequest> newest = new AtomicReference<>();
        private @Nullable StoreRequest oldest;

        @Override
        public void add(StoreRequest request) {
            StoreRequest seen;
            do {
                seen = newest.get();
                request.nextEnded = seen;
            } while (!newest.compareAndSet(seen, request));
        }

        @Override
        public final @Nullable StoreRequest poll() {
            if (oldest == null && newest.getOpaque() != null) {
                oldest = inOrder(takeAll());
            }
            StoreRequest request = oldest;
            if (request != null) {
                oldest = request.nextEnded;
                request.nextEnded = null;
            }
            return request;
        }

        @Nullable
        StoreRequest takeAll() {
            return newest.getAndSet(null);
        }

        @Nullable
        StoreRequest inOrder(@Nullable StoreRequest last) {
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

    /** Wrong: what another thread adds between the look and the store is overwritten. */
    private static final class AddsInTwoSteps extends Copy {
        @Override
        public void add(StoreRequest request) {
            request.nextEnded = newest.get();
            newest.set(request);
        }
    }

    /** Wrong: what a thread adds between the look and the store is thrown away. */
    private static final class TakesInTwoSteps extends Copy {
        @Override
        @Nullable
        StoreRequest takeAll() {
            StoreRequest taken = newest.get();
            newest.set(null);
            return taken;
        }
    }

    /** Wrong: does not turn the links round. */
    private static final class NewestFirst extends Copy {
        @Override
        @Nullable
        StoreRequest inOrder(@Nullable StoreRequest last) {
            return last;
        }
    }
}
