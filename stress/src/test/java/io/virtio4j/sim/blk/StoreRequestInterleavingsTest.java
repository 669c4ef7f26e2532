// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.stress.Interleavings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/**
 * A request between the thread of its queue and the thread of its store, in many orders of their steps.
 *
 * <ul>
 *   <li>Once a reset has been told that it may take the memory back, the store uses it no more.
 *   <li>A request whose end meets the return of submit is seen to by the queue's thread exactly once: there and then, or handed
 *       to it.
 * </ul>
 *
 * <p>The orders are sequentially consistent ones, as many as {@link Interleavings} tries. Requests with one step wrong do not pass
 * the same scenarios.
 */
class StoreRequestInterleavingsTest {
    /** What the scenarios ask of a request. */
    private interface Steps {
        void begin();

        boolean submitTo(Consumer<Steps> store);

        boolean revoke();

        boolean claim();

        /** Throws if it was ended before. */
        void complete();
    }

    /** Makes a request that tells where it was handed on. */
    private interface Maker {
        Steps make(Runnable done);
    }

    private static final class Shipped implements Steps {
        private final StoreRequest request;

        Shipped(Runnable done) {
            request = new StoreRequest(0, ended -> done.run());
        }

        @Override
        public void begin() {
            request.beginFlush();
        }

        @Override
        public boolean submitTo(Consumer<Steps> store) {
            return request.submitTo(new Passing(() -> store.accept(this)));
        }

        @Override
        public boolean revoke() {
            return request.revoke();
        }

        @Override
        public boolean claim() {
            return request.claim();
        }

        @Override
        public void complete() {
            request.complete();
        }
    }

    /** A store that does no more than pass the request on. */
    private record Passing(Runnable pass) implements BlockStore {
        @Override
        public void submit(BlockRequest request) {
            pass.run();
        }

        @Override
        public long lengthBytes() {
            return 0;
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Who uses the driver's memory: throws if two do. */
    private static void use(AtomicInteger inside) {
        if (inside.incrementAndGet() != 1) {
            throw new IllegalStateException("two in the memory at once");
        }
        inside.decrementAndGet();
    }

    private static void aResetMeetsAClaim(Maker maker) throws InterruptedException {
        Steps request = maker.make(() -> {});
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        request.begin();
        request.submitTo(submitted -> {});
        Thread store = new Thread(() -> {
            try {
                if (request.claim()) {
                    use(inside);
                }
                request.complete();
            } catch (IllegalStateException e) {
                failures.incrementAndGet();
            }
        });
        store.start();
        if (request.revoke()) {
            use(inside);
        }
        store.join();
        if (failures.get() != 0) {
            throw new IllegalStateException("the store found the driver in the memory");
        }
    }

    private static void anEndMeetsTheReturnOfSubmit(Maker maker) throws InterruptedException {
        AtomicInteger handedOn = new AtomicInteger();
        Steps request = maker.make(handedOn::incrementAndGet);
        request.begin();
        Thread[] store = new Thread[1];
        boolean there = request.submitTo(submitted -> {
            store[0] = new Thread(submitted::complete);
            store[0].start();
        });
        store[0].join();
        int seenTo = handedOn.get() + (there ? 1 : 0);
        if (seenTo != 1) {
            throw new IllegalStateException("seen to " + seenTo + " times");
        }
    }

    private static void assertFound(Interleavings.Program program, String message) {
        assertThatThrownBy(() -> Interleavings.tryAll(program))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining(message);
    }

    @Test
    void aResetThatHasTheMemoryIsAloneInIt() {
        Interleavings.tryAll(() -> aResetMeetsAClaim(done -> new Shipped(done)));
    }

    @Test
    void aClaimByALookAndAStoreIsFound() {
        assertFound(() -> aResetMeetsAClaim(done -> new ClaimsInTwoSteps(done)), "the memory");
    }

    @Test
    void aResetByALookAndAStoreIsFound() {
        assertFound(() -> aResetMeetsAClaim(done -> new RevokesInTwoSteps(done)), "the memory");
    }

    @Test
    void anEndIsSeenToOnceWheneverSubmitReturns() {
        Interleavings.tryAll(() -> anEndMeetsTheReturnOfSubmit(done -> new Shipped(done)));
    }

    @Test
    void aReturnByALookAndAStoreIsFound() {
        assertFound(() -> anEndMeetsTheReturnOfSubmit(done -> new ReturnsInTwoSteps(done)), "seen to 0 times");
    }

    @Test
    void anEndByALookAndAStoreIsFound() {
        assertFound(() -> anEndMeetsTheReturnOfSubmit(done -> new EndsInTwoSteps(done)), "seen to 0 times");
    }

    /** The word of the shipped request written again, for one step of it to be replaced. */
    private static class Copy implements Steps {
        static final int CLAIMED = 1;
        static final int RETURNED = 2;
        static final int DONE = 4;
        static final int REVOKED = 8;

        final AtomicInteger state = new AtomicInteger(DONE | RETURNED);
        private final Runnable done;

        Copy(Runnable done) {
            this.done = done;
        }

        @Override
        public final void begin() {
            state.set(0);
        }

        @Override
        public final boolean submitTo(Consumer<Steps> store) {
            store.accept(this);
            return (returned() & DONE) != 0;
        }

        int returned() {
            return state.getAndAdd(RETURNED);
        }

        /** One step from the state that was seen to another. */
        boolean revoked(int seen) {
            return state.compareAndSet(seen, seen | REVOKED);
        }

        boolean claimed(int seen) {
            return state.compareAndSet(seen, seen | CLAIMED);
        }

        boolean ended(int seen) {
            return state.compareAndSet(seen, seen | DONE);
        }

        @Override
        public final boolean revoke() {
            int seen;
            do {
                seen = state.get();
                if ((seen & (DONE | REVOKED)) != 0) {
                    return true;
                }
                if ((seen & CLAIMED) != 0) {
                    return false;
                }
            } while (!revoked(seen));
            return true;
        }

        @Override
        public final boolean claim() {
            int seen;
            do {
                seen = state.get();
                if ((seen & REVOKED) != 0) {
                    return false;
                }
                if ((seen & DONE) != 0) {
                    throw new IllegalStateException("ended before");
                }
            } while (!claimed(seen));
            return true;
        }

        @Override
        public final void complete() {
            int seen;
            do {
                seen = state.get();
                if ((seen & REVOKED) != 0) {
                    return;
                }
                if ((seen & DONE) != 0) {
                    throw new IllegalStateException("ended before");
                }
            } while (!ended(seen));
            if ((seen & RETURNED) != 0) {
                done.run();
            }
        }
    }

    /** Wrong: a reset between the look and the store is overwritten. */
    private static final class ClaimsInTwoSteps extends Copy {
        ClaimsInTwoSteps(Runnable done) {
            super(done);
        }

        @Override
        boolean claimed(int seen) {
            state.set(seen | CLAIMED);
            return true;
        }
    }

    /** Wrong: a claim between the look and the store is overwritten. */
    private static final class RevokesInTwoSteps extends Copy {
        RevokesInTwoSteps(Runnable done) {
            super(done);
        }

        @Override
        boolean revoked(int seen) {
            state.set(seen | REVOKED);
            return true;
        }
    }

    /** Wrong: an end between the look and the store is overwritten, and was not handed on. */
    private static final class ReturnsInTwoSteps extends Copy {
        ReturnsInTwoSteps(Runnable done) {
            super(done);
        }

        @Override
        int returned() {
            int seen = state.get();
            state.set(seen + RETURNED);
            return seen;
        }
    }

    /** Wrong: the return of submit between the look and the store is overwritten, and the request is handed to nobody. */
    private static final class EndsInTwoSteps extends Copy {
        EndsInTwoSteps(Runnable done) {
            super(done);
        }

        @Override
        boolean ended(int seen) {
            state.set(seen | DONE);
            return true;
        }
    }
}
